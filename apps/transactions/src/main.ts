import { boot } from '@atelier/boot';
import { transactionsConfig } from './transactions.config.ts';
import { TransactionsModule } from './transactions.module.ts';

process.exit(await boot(TransactionsModule, transactionsConfig));

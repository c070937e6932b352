import { boot } from '@atelier/boot';
import { TransactionsModule } from './transactions.module.ts';

await boot(TransactionsModule);

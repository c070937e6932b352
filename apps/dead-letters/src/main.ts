import { boot } from '@atelier/boot';
import { deadLettersConfig } from './dead-letters.config.ts';
import { DeadLettersModule } from './dead-letters.module.ts';

process.exit(await boot(DeadLettersModule, deadLettersConfig));

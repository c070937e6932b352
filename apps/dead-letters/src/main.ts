import { boot } from '@atelier/boot';
import { DeadLettersModule } from './dead-letters.module.ts';

await boot(DeadLettersModule);

import { boot } from '@atelier/boot';
import { ProjectionsModule } from './projections.module.ts';

await boot(ProjectionsModule);

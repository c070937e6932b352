import { boot } from '@atelier/boot';
import { projectionsConfig } from './projections.config.ts';
import { ProjectionsModule } from './projections.module.ts';

process.exit(await boot(ProjectionsModule, projectionsConfig));

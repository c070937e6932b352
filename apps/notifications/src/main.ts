import { boot } from '@atelier/boot';
import { NotificationsModule } from './notifications.module.ts';

await boot(NotificationsModule);

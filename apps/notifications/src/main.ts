import { boot } from '@atelier/boot';
import { notificationsConfig } from './notifications.config.ts';
import { NotificationsModule } from './notifications.module.ts';

process.exit(await boot(NotificationsModule, notificationsConfig));

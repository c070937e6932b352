import { boot } from '@atelier/boot';
import { ordersConfig } from './orders.config.ts';
import { OrdersModule } from './orders.module.ts';

process.exit(await boot(OrdersModule, ordersConfig));

import { boot } from '@atelier/boot';
import { OrdersModule } from './orders.module.ts';

await boot(OrdersModule);

import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts, OrdersCommands, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { ExpireOrderPolicy } from './expire-order.policy.ts';
import { order } from './order.decider.ts';
import { OrdersConfig, ordersConfig } from './orders.config.ts';
import { RecordReservationPolicy } from './record-reservation.policy.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'orders',
      ...serviceConfig(),
      ...stateConfig(),
      contracts,
      catalogue,
      reports,
      deciders: [order],
      delays: { [OrdersCommands.topic]: ordersConfig().expiryMs },
    }),
  ],
  providers: [
    RecordReservationPolicy,
    ExpireOrderPolicy,
    { provide: OrdersConfig, useFactory: ordersConfig },
  ],
})
export class OrdersModule {}

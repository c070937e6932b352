import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts } from '@atelier/contracts';
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
      deciders: [order],
    }),
  ],
  providers: [
    RecordReservationPolicy,
    ExpireOrderPolicy,
    { provide: OrdersConfig, useFactory: ordersConfig },
  ],
})
export class OrdersModule {}

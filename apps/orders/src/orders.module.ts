import { catalogue, contracts, OrdersCommands, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { ExpireOrderPolicy } from './expire-order.policy.ts';
import { OrdersConfig, type ordersConfig } from './orders.config.ts';
import { orderPlacedAs } from './placed-as.ts';
import { RecordReservationPolicy } from './record-reservation.policy.ts';

@Module({})
export class OrdersModule {
  static forRoot(config: ReturnType<typeof ordersConfig>): DynamicModule {
    return {
      module: OrdersModule,
      imports: [
        EventingModule.forService({
          service: 'orders',
          ...config,
          contracts,
          catalogue,
          reports,
          deciders: [orderPlacedAs(config.placedAs)],
          delays: { [OrdersCommands.topic]: config.expiryMs },
        }),
      ],
      providers: [RecordReservationPolicy, ExpireOrderPolicy, { provide: OrdersConfig, useValue: config }],
    };
  }
}

import {
  catalogue,
  contracts,
  DeadLettersEvents,
  InventoryEvents,
  OrdersEvents,
  RedriveJobsEvents,
  TransactionsEvents,
} from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { GatewayApi } from './gateway.api.ts';
import type { GatewayConfig } from './gateway.config.ts';

const tail = [OrdersEvents, InventoryEvents, DeadLettersEvents, RedriveJobsEvents, TransactionsEvents].map(
  ({ topic }) => topic,
);

@Module({})
export class GatewayModule {
  static forRoot({ databaseUrl, operators, welcome, ...service }: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        EventingModule.forService({ service: 'gateway', ...service, contracts, catalogue, tail }),
        GatewayApi.reading(databaseUrl, operators, welcome),
      ],
    };
  }
}

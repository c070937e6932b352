import { readModelConfig, serviceConfig } from '@atelier/boot';
import {
  catalogue,
  contracts,
  DeadLettersEvents,
  InventoryEvents,
  OrdersEvents,
  RedriveJobsEvents,
} from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { operatorsConfig } from './dead-letters/operators.config.ts';
import { GatewayApi } from './gateway.api.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'gateway',
      ...serviceConfig(),
      contracts,
      catalogue,
      tail: [OrdersEvents, InventoryEvents, DeadLettersEvents, RedriveJobsEvents].map(({ topic }) => topic),
    }),
    GatewayApi.reading(readModelConfig().databaseUrl, operatorsConfig()),
  ],
})
export class GatewayModule {}

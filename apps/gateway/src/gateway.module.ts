import { readModelConfig, serviceConfig } from '@atelier/boot';
import { catalogue, contracts, InventoryEvents, OrdersEvents } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { GatewayApi } from './gateway.api.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'gateway',
      ...serviceConfig(),
      contracts,
      catalogue,
      tail: [OrdersEvents.topic, InventoryEvents.topic],
    }),
    GatewayApi.reading(readModelConfig().databaseUrl),
  ],
})
export class GatewayModule {}

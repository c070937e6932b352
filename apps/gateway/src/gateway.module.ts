import { forgetPostgresVariables, readModelConfig, serviceConfig } from '@atelier/boot';
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
import { Module } from '@nestjs/common';
import { operatorsConfig } from './operators/operators.config.ts';
import { GatewayApi } from './gateway.api.ts';
import { welcomeConfig } from './welcome/welcome.config.ts';

forgetPostgresVariables();

@Module({
  imports: [
    EventingModule.forService({
      service: 'gateway',
      ...serviceConfig(),
      contracts,
      catalogue,
      tail: [OrdersEvents, InventoryEvents, DeadLettersEvents, RedriveJobsEvents, TransactionsEvents].map(
        ({ topic }) => topic,
      ),
    }),
    GatewayApi.reading(readModelConfig().databaseUrl, operatorsConfig(), welcomeConfig()),
  ],
})
export class GatewayModule {}

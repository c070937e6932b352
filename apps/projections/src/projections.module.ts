import { forgetPostgresVariables, readModelConfig, serviceConfig } from '@atelier/boot';
import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { DeadLettersProjection } from './dead-letters/dead-letters.projection.ts';
import { EventLogProjection } from './event-log/event-log.projection.ts';
import { OrdersProjection } from './orders/orders.projection.ts';
import { ProductsProjection } from './products/products.projection.ts';
import { TransactionsProjection } from './transactions/transactions.projection.ts';

forgetPostgresVariables();

@Module({
  imports: [
    EventingModule.forService({
      service: 'projections',
      ...serviceConfig(),
      ...readModelConfig(),
      contracts,
      catalogue,
      reports,
    }),
  ],
  providers: [
    OrdersProjection,
    ProductsProjection,
    EventLogProjection,
    DeadLettersProjection,
    TransactionsProjection,
  ],
})
export class ProjectionsModule {}

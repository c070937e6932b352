import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { READ_MODEL } from '@atelier/read-model';
import { type DynamicModule, Module } from '@nestjs/common';
import { CustomersProjection } from './customers/customers.projection.ts';
import { DeadLettersProjection } from './dead-letters/dead-letters.projection.ts';
import { EventLogProjection } from './event-log/event-log.projection.ts';
import { OrdersProjection } from './orders/orders.projection.ts';
import { ProductsProjection } from './products/products.projection.ts';
import type { ProjectionsConfig } from './projections.config.ts';
import { SalesProjection } from './sales/sales.projection.ts';
import { TablesReadiness } from './tables.readiness.ts';
import { TransactionsProjection } from './transactions/transactions.projection.ts';

@Module({})
export class ProjectionsModule {
  static forRoot(config: ProjectionsConfig): DynamicModule {
    return {
      module: ProjectionsModule,
      imports: [
        EventingModule.forService({
          service: 'projections',
          ...config,
          databaseSchema: READ_MODEL,
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
        SalesProjection,
        CustomersProjection,
        TablesReadiness,
      ],
    };
  }
}

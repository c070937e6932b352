import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Answers } from './commands/answers.ts';
import { Commands } from './commands/commands.ts';
import { EventLogQueries } from './events/event-log.queries.ts';
import { EventStream } from './events/event-stream.ts';
import { EventsController } from './events/events.controller.ts';
import { MissedEvents } from './events/missed-events.ts';
import { RecentEvents } from './events/recent-events.ts';
import { KnownRoutes } from './http/known-routes.ts';
import { AcceptedOrders } from './orders/accepted-orders.ts';
import { OrderCancellation } from './orders/order-cancellation.ts';
import { OrderPlacement } from './orders/order-placement.ts';
import { OrderQueries } from './orders/order.queries.ts';
import { OrderReader } from './orders/order-reader.ts';
import { OrdersController } from './orders/orders.controller.ts';
import { Pricing } from './orders/pricing.ts';
import { ProblemFilter } from './problem/problem.filter.ts';
import { ProductQueries } from './products/product.queries.ts';
import { ProductsController } from './products/products.controller.ts';
import { StockIntake } from './products/stock-intake.ts';
import { Barrier } from './read-model/barrier.ts';
import { databaseAt } from './read-model/database.ts';
import { DatabaseReadiness } from './read-model/database.readiness.ts';
import { PositionsQueries } from './read-model/positions.queries.ts';

const readModel = [DatabaseReadiness, PositionsQueries, Barrier];
const commands = [Answers, Commands];
const orders = [AcceptedOrders, OrderCancellation, OrderPlacement, OrderQueries, OrderReader, Pricing];
const products = [ProductQueries, StockIntake];
const events = [EventLogQueries, EventStream, MissedEvents, RecentEvents];
const http = [KnownRoutes, { provide: APP_FILTER, useClass: ProblemFilter }];

/** The REST interface on the ports of `@atelier/eventing`, whoever implements them. */
@Module({})
export class GatewayApi {
  static reading(databaseUrl: string): DynamicModule {
    return {
      module: GatewayApi,
      controllers: [OrdersController, ProductsController, EventsController],
      providers: [
        databaseAt(databaseUrl),
        ...readModel,
        ...commands,
        ...orders,
        ...products,
        ...events,
        ...http,
      ],
    };
  }
}

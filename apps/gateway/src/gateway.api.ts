import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { AsyncApiController } from './asyncapi/asyncapi.controller.ts';
import { CausationController } from './causation/causation.controller.ts';
import { CausationQueries } from './causation/causation.queries.ts';
import { OrderCausation } from './causation/order-causation.ts';
import { Answers } from './commands/answers.ts';
import { Commands } from './commands/commands.ts';
import { CustomerQueries } from './customers/customer.queries.ts';
import { CustomersController } from './customers/customers.controller.ts';
import { DeadLetterGroupsQueries } from './dead-letters/letters/dead-letter-groups.queries.ts';
import { DeadLetterHistoryQueries } from './dead-letters/letters/dead-letter-history.queries.ts';
import { DeadLetterQueries } from './dead-letters/letters/dead-letter.queries.ts';
import { DeadLetterReader } from './dead-letters/dead-letter-reader.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { Decisions } from './operators/decisions.ts';
import { Discarding } from './dead-letters/discarding.ts';
import { Edits } from './dead-letters/originals/edits.ts';
import { OPERATORS_CONFIG, type OperatorsConfig } from './operators/operators.config.ts';
import { OriginalRecords } from './dead-letters/originals/original-records.ts';
import { ParkedKeysQueries } from './dead-letters/originals/parked-keys.queries.ts';
import { RedriveJobQueries } from './dead-letters/jobs/redrive-job.queries.ts';
import { RedriveJobs } from './dead-letters/jobs/redrive-jobs.ts';
import { RedriveJobsController } from './dead-letters/redrive-jobs.controller.ts';
import { Redriving } from './dead-letters/redriving.ts';
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
import { PastStates } from './past/past-states.ts';
import { PendingHint } from './orders/pending-hint.ts';
import { SetAside } from './orders/set-aside.ts';
import { ProblemFilter } from './problem/problem.filter.ts';
import { ProductQueries } from './products/product.queries.ts';
import { ProductsController } from './products/products.controller.ts';
import { StockIntake } from './products/stock-intake.ts';
import { ProjectionLags } from './projections/projection-lags.ts';
import { ProjectionQueries } from './projections/projection.queries.ts';
import { ProjectionReader } from './projections/projection-reader.ts';
import { ProjectionsController } from './projections/projections.controller.ts';
import { Barrier } from './read-model/barrier.ts';
import { ConsistentReads } from './read-model/consistent-reads.ts';
import { databaseAt } from './read-model/database.ts';
import { DatabaseReadiness } from './read-model/database.readiness.ts';
import { PositionsQueries } from './read-model/positions.queries.ts';
import { Ignoring } from './records/ignoring.ts';
import { RecordsController } from './records/records.controller.ts';
import { UndecidedRecords } from './records/undecided-records.ts';
import { SaleQueries } from './sales/sale.queries.ts';
import { SalesController } from './sales/sales.controller.ts';
import { Ending } from './transactions/ending.ts';
import { TransactionQueries } from './transactions/transaction.queries.ts';
import { TransactionsController } from './transactions/transactions.controller.ts';
import { WELCOME_CONFIG, type WelcomeConfig } from './welcome/welcome.config.ts';
import { WelcomeController } from './welcome/welcome.controller.ts';

const readModel = [
  DatabaseReadiness,
  PositionsQueries,
  Barrier,
  { provide: APP_INTERCEPTOR, useClass: ConsistentReads },
];
const commands = [Answers, Commands];
const orders = [
  AcceptedOrders,
  OrderCancellation,
  OrderPlacement,
  OrderQueries,
  OrderReader,
  Pricing,
  PendingHint,
  SetAside,
];
const causation = [CausationQueries, OrderCausation];
const products = [ProductQueries, StockIntake];
const events = [EventLogQueries, EventStream, MissedEvents, PastStates, RecentEvents];
const deadLetters = [
  DeadLetterGroupsQueries,
  DeadLetterHistoryQueries,
  DeadLetterQueries,
  DeadLetterReader,
  Decisions,
  Discarding,
  Edits,
  OriginalRecords,
  ParkedKeysQueries,
  RedriveJobQueries,
  RedriveJobs,
  Redriving,
];
const sales = [SaleQueries, CustomerQueries];
const transactions = [Ending, TransactionQueries];
const projections = [ProjectionLags, ProjectionQueries, ProjectionReader];
const records = [Ignoring, UndecidedRecords];
const http = [KnownRoutes, { provide: APP_FILTER, useClass: ProblemFilter }];

/** The REST interface on the ports of `@atelier/eventing`, whoever implements them. */
@Module({})
export class GatewayApi {
  static reading(databaseUrl: string, operators: OperatorsConfig, welcome: WelcomeConfig): DynamicModule {
    return {
      module: GatewayApi,
      controllers: [
        OrdersController,
        CausationController,
        ProductsController,
        SalesController,
        CustomersController,
        EventsController,
        DeadLettersController,
        RedriveJobsController,
        TransactionsController,
        ProjectionsController,
        RecordsController,
        AsyncApiController,
        WelcomeController,
      ],
      providers: [
        databaseAt(databaseUrl),
        { provide: OPERATORS_CONFIG, useValue: operators },
        { provide: WELCOME_CONFIG, useValue: welcome },
        ...readModel,
        ...commands,
        ...orders,
        ...causation,
        ...products,
        ...events,
        ...deadLetters,
        ...sales,
        ...transactions,
        ...projections,
        ...records,
        ...http,
      ],
    };
  }
}

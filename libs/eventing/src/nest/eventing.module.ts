import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { EventingTransport } from './eventing.transport.ts';
import { HandlerDiscovery } from './handler-discovery.ts';
import { EngineHealth } from './health.ts';
import { KafkaCommandPublisher } from './kafka-command-publisher.ts';
import { KafkaDeadLetterLog } from './kafka-dead-letter-log.ts';
import { DECISIONS_TOPIC } from '../domain/index.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { HangingTransactions } from '../hanging-transactions/hanging-transactions.ts';
import { KafkaEventTail } from './kafka-event-tail.ts';
import { KafkaHangingTransactions } from './kafka-hanging-transactions.ts';
import { KafkaLogPositions } from './kafka-log-positions.ts';
import { KafkaPastRecords } from './kafka-past-records.ts';
import { KafkaRecordDecisions } from './kafka-record-decisions.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';
import { Plans } from './plans.ts';
import {
  CommandPublisher,
  DeadLetterLog,
  EventingHealth,
  EventTail,
  HandledGroups,
  LogPositions,
  PastRecords,
  RecordDecisions,
} from './ports.ts';
import { ReadModelDatabase } from './read-model-database.ts';

/** The one import of a service: its deciders here, its policies and projections in `providers`, its effects in `controllers`. */
@Module({})
export class EventingModule {
  static forService(options: EventingOptions): DynamicModule {
    return {
      module: EventingModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: EVENTING_OPTIONS, useValue: Object.freeze({ ...options }) },
        ReadModelDatabase,
        { provide: IgnoredRecords, useFactory: () => ignoredRecords(options) },
        HandlerDiscovery,
        Plans,
        OpenTransactionWatch,
        EngineHealth,
        Engine,
        EventingTransport,
        { provide: EventingHealth, useExisting: EngineHealth },
        { provide: HandledGroups, useExisting: Engine },
        { provide: CommandPublisher, useClass: KafkaCommandPublisher },
        { provide: EventTail, useClass: KafkaEventTail },
        { provide: LogPositions, useClass: KafkaLogPositions },
        { provide: PastRecords, useClass: KafkaPastRecords },
        { provide: DeadLetterLog, useClass: KafkaDeadLetterLog },
        { provide: RecordDecisions, useClass: KafkaRecordDecisions },
        { provide: HangingTransactions, useClass: KafkaHangingTransactions },
      ],
      exports: [
        EventingTransport,
        EventingHealth,
        HandledGroups,
        CommandPublisher,
        EventTail,
        LogPositions,
        PastRecords,
        DeadLetterLog,
        RecordDecisions,
        HangingTransactions,
        ReadModelDatabase,
      ],
    };
  }
}

function ignoredRecords({ catalogue }: EventingOptions): IgnoredRecords {
  const logger = new Logger('Eventing');
  const decisions = catalogue.topics.find(({ name }) => name === DECISIONS_TOPIC);
  return new IgnoredRecords(decisions, (message) => logger.warn(message));
}

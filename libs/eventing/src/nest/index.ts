import 'reflect-metadata';

export * from './eventing-options.ts';
export * from './eventing.module.ts';
export * from './eventing.transport.ts';
export * from './handlers.ts';
export * from './ports.ts';
export { ReadModelDatabase } from './read-model-database.ts';
export { TopicsDiffer } from './topic-watch.ts';
export { UndecidedRecord } from '../ignored/undecided-record.ts';
export type { Original } from '../serde/message-codec.ts';
export type { Placed } from '../serde/received-records.ts';
export type { RedriveOrder, RedriveOrders } from '../engine/groups/redrive-handler.ts';
export type { IgnoredRecord, RecordPlace } from '../ignored/ignored-record.ts';
export * from '../hanging-transactions/hanging-transactions.ts';

export * from './cloud-events.ts';
export * from './message-codec.ts';
export * from './message-id.ts';
export * from './partitioner.ts';
export * from './register-schemas.ts';
export * from './schema-registry.ts';
export * from './trace-context.ts';
export * from './received-records.ts';
export { DelayTooLong, MessageTooLarge } from './record-builder.ts';

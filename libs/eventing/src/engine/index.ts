export * from './failpoints.ts';
export * from './group-consumer.ts';
export * from './memory-budget.ts';
export * from './partition-capacity.ts';
export * from './partition-reader.ts';
export * from './partition-worker.ts';
export * from './transactional-processor.ts';
export { HandlerStuck } from './turn.ts';

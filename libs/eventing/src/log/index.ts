export * from './errors.ts';
export type * from './log.ts';
export * from './partitions.ts';
export * from './trusted-position.ts';
export * from './record.ts';

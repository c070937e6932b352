export * from './errors.ts';
export * from './record.ts';

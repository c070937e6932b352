export * from './tables.ts';
export * from './owners.ts';

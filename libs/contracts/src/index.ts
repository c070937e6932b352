export * from './catalogue.ts';
export * from './currencies.ts';
export * from './generated/index.ts';
export * from './ids.ts';
export * from './money.ts';
export * from './redrive-limits.ts';
export * from './reports.ts';
export * from './transaction-key.ts';

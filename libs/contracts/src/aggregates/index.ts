export * from './order.ts';
export * from './stock.ts';

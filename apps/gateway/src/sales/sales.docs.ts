import type { OperationDocs } from '../openapi/operation.ts';
import { salePage } from './sale.schema.ts';

export const list: OperationDocs = {
  summary: 'Lists what was sold, by day, product and currency, the oldest day first',
  reads: 'sales',
  answers: { 200: { description: 'A page of sales', body: salePage } },
};

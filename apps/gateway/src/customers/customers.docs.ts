import type { OperationDocs } from '../openapi/operation.ts';
import { customerSummary } from './customer.schema.ts';

export const summary: OperationDocs = {
  summary:
    'Reads what became of the orders of a customer; whoever has placed none is a customer without orders',
  reads: 'customers',
  params: ['customerId'],
  answers: { 200: { description: 'The summary', body: customerSummary } },
};

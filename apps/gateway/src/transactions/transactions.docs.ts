import { forOperators, writing } from '../operators/operators.docs.ts';
import type { OperationDocs } from '../openapi/operation.ts';
import { endAnswer, transactionPage } from './transaction.schema.ts';

export const list: OperationDocs = {
  summary: 'Lists hanging transactions, those that were found last first',
  reads: 'transactions',
  answers: { 200: { description: 'A page of hanging transactions', body: transactionPage } },
  problems: forOperators,
};

export const end: OperationDocs = {
  summary: 'Ends the hanging transaction that a producer has open in a partition, found or not',
  params: ['producerId'],
  headers: ['Idempotency-Key', 'X-Operator', 'traceparent'],
  answers: {
    202: {
      description: 'The end is requested. Whether it is written is seen at `Location`',
      body: endAnswer,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token'],
    },
  },
  problems: {
    ...forOperators,
    ...writing,
    409: '`refusal` says why not: ended, or other-outcome-requested',
  },
};

import type { OperationDocs } from '../openapi/operation.ts';
import { forOperators } from '../operators/operators.docs.ts';
import { projection, projectionList } from './projection.schema.ts';

export const list: OperationDocs = {
  summary: 'Lists the projections: how far each has come, what it has written, and what failed last',
  answers: { 200: { description: 'All of them', body: projectionList } },
  problems: forOperators,
};

export const get: OperationDocs = {
  summary: 'Reads how far a projection has come, what it has written, and what failed last',
  params: ['projection'],
  answers: { 200: { description: 'The projection', body: projection } },
  problems: { ...forOperators, 404: 'There is no such projection' },
};

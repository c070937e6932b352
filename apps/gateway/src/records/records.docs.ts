import { forOperators } from '../operators/operators.docs.ts';
import type { OperationDocs } from '../openapi/operation.ts';
import { ignoredPage, ignoredRecord } from './record.schema.ts';

export const list: OperationDocs = {
  summary: 'Lists the records that are ignored, those that were decided about last first',
  answers: { 200: { description: 'A page of decisions, and the records as they stand', body: ignoredPage } },
  problems: forOperators,
};

export const ignore: OperationDocs = {
  summary: 'Decides, for ever, that a record on an events topic that is no event is left out of every fold',
  params: ['topic', 'partition', 'offset'],
  headers: ['X-Operator'],
  answers: {
    200: { description: 'It is ignored; of several decisions the first counts', body: ignoredRecord },
  },
  problems: {
    ...forOperators,
    404: 'Nothing that is committed stands there',
    409: '`refusal` says why not: not-events, event, other-release, or versioned, which needs force',
    413: 'The body is too large',
    415: 'The body is not JSON',
  },
};

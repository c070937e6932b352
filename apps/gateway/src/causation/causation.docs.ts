import type { OperationDocs } from '../openapi/operation.ts';
import { causation as body } from './causation.schema.ts';

export const causation: OperationDocs = {
  summary: 'Says who has caused what of an order, from the request to the e-mail',
  reads: 'eventLog',
  params: ['orderId'],
  answers: {
    200: {
      description:
        'A tree as a list: requests, commands, events, what policies sent, retries, dead letters, decisions about them, redrives and effects. Commands are kept for seven days',
      body,
    },
  },
  problems: { 404: 'There is no such order' },
};

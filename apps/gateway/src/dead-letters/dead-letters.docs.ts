import type { OperationDocs } from '../openapi/operation.ts';
import { forOperators, writing } from '../operators/operators.docs.ts';
import {
  deadLetterDetails,
  deadLetterGroups,
  deadLetterPage,
  decisionAnswer,
  redriveAnswer,
  rehearsal,
} from './letters/dead-letter.schema.ts';
import { cancelledJob, redriveJob, startedJob } from './jobs/redrive-job.schema.ts';

const headers = ['Idempotency-Key', 'X-Operator', 'traceparent'] as const;
const answerHeaders = ['Location', 'Idempotency-Key', 'Consistency-Token'] as const;

const unknown = { 404: 'There is no such dead letter' };
const unknownJob = { 404: 'There is no such job' };

export const list: OperationDocs = {
  summary: 'Lists dead letters, those that failed last first',
  reads: 'deadLetters',
  answers: { 200: { description: 'A page of dead letters', body: deadLetterPage } },
  problems: forOperators,
};

export const groups: OperationDocs = {
  summary: 'Counts dead letters by cause, the cause that was seen last first',
  reads: 'deadLetters',
  answers: { 200: { description: 'The causes', body: deadLetterGroups } },
  problems: forOperators,
};

export const get: OperationDocs = {
  summary: 'Reads a dead letter: its failures, the decisions about it, its record, and what waits behind it',
  reads: 'deadLetters',
  params: ['deadLetterId'],
  answers: { 200: { description: 'All about it', body: deadLetterDetails } },
  problems: { ...forOperators, ...unknown },
};

export const redrive: OperationDocs = {
  summary: 'Gives a dead letter back to its group, as it was or edited',
  params: ['deadLetterId'],
  headers,
  answers: {
    200: { description: 'With `dryRun`: what would happen', body: rehearsal },
    202: {
      description: 'The redrive was requested. Whether it is handled is seen at `Location`',
      body: redriveAnswer,
      headers: answerHeaders,
    },
  },
  problems: {
    ...forOperators,
    ...unknown,
    ...writing,
    409: 'It cannot be redriven now; `refusal` says why: under-way, handled, discarded, record-missing, unreadable-batch, or limit and too-old, which need force',
    422: 'The value cannot be edited, or differs too much, or the Idempotency-Key was used for another body',
  },
};

export const redriveMany: OperationDocs = {
  summary: 'Starts a job that redrives the dead letters of a group, those that failed first first',
  headers,
  answers: {
    202: {
      description:
        'The job was started: its first dead letter goes ahead, and the others follow if it is handled',
      body: startedJob,
      headers: answerHeaders,
    },
  },
  problems: { ...forOperators, ...writing, 409: 'There is nothing to redrive' },
};

export const discard: OperationDocs = {
  summary: 'Gives a dead letter up: what waits behind it goes on',
  params: ['deadLetterId'],
  headers,
  answers: { 202: { description: 'It was discarded', body: decisionAnswer, headers: answerHeaders } },
  problems: {
    ...forOperators,
    ...unknown,
    ...writing,
    409: '`refusal` says why not: under-way, handled or discarded',
  },
};

export const restore: OperationDocs = {
  summary: 'Takes back that a dead letter was discarded',
  params: ['deadLetterId'],
  headers,
  answers: { 202: { description: 'It is what it was before', body: decisionAnswer, headers: answerHeaders } },
  problems: { ...forOperators, ...unknown, ...writing, 409: 'It is not discarded' },
};

export const getJob: OperationDocs = {
  summary: 'Reads a redrive job: what became of each of its dead letters',
  reads: 'deadLetters',
  params: ['jobId'],
  answers: { 200: { description: 'Its progress', body: redriveJob } },
  problems: { ...forOperators, ...unknownJob },
};

export const cancelJob: OperationDocs = {
  summary: 'Ends a redrive job: what was requested goes on, the rest is left out',
  params: ['jobId'],
  headers,
  answers: { 202: { description: 'It was cancelled', body: cancelledJob, headers: answerHeaders } },
  problems: { ...forOperators, ...unknownJob, ...writing, 409: 'It is over' },
};

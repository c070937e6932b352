import type { OperationDocs } from '../openapi/operation.ts';
import { z } from 'zod';
import { order, orderHistory, orderPage, pastOrder } from './order.schema.ts';

const unknown = 'There is no such order';
const tooLong = 'Its history is longer than what is folded for one request; `detail` says how long that is';
const setAside =
  '`command-set-aside`, or `event-set-aside`: it could not be handled; `deadLetterId` is what an operator needs to know';

export const place: OperationDocs = {
  summary: 'Places an order',
  headers: ['Idempotency-Key', 'X-Client-Id', 'Prefer', 'traceparent'],
  answers: {
    201: {
      description: 'With `Prefer: wait=N`: the order, settled: confirmed, rejected or cancelled',
      body: order,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token', 'Preference-Applied'],
    },
    202: {
      description: 'The order was accepted and is pending',
      body: order,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token', 'Preference-Applied'],
    },
  },
  problems: {
    413: 'The body is too large',
    415: 'The body is not JSON',
    422: 'A sku is unknown or stands in two lines (`skus` names it), currencies are mixed, the total is too large, or the Idempotency-Key was used for another body',
    500: `With \`Prefer: wait=N\`: ${setAside}`,
  },
};

export const list: OperationDocs = {
  summary: 'Lists orders, newest first',
  reads: 'orders',
  answers: { 200: { description: 'A page of orders', body: orderPage } },
};

export const get: OperationDocs = {
  summary: 'Reads an order, as it is or as it was',
  reads: 'orders',
  params: ['orderId'],
  headers: ['If-None-Match'],
  answers: {
    200: {
      description: 'The order; with `version` or `at` its state then, without an ETag',
      body: z.union([order, pastOrder]),
      headers: ['ETag'],
    },
    304: { description: 'It is as it was', headers: ['ETag'] },
  },
  problems: {
    404: `${unknown}, or it has no such state: \`first\` and \`last\` have the versions and times that there are`,
    422: tooLong,
    500: setAside,
  },
};

export const cancel: OperationDocs = {
  summary: 'Asks to cancel an order',
  params: ['orderId'],
  headers: ['Idempotency-Key', 'X-Client-Id', 'Prefer', 'traceparent'],
  answers: {
    200: {
      description: 'With `Prefer: wait=N`: the order, cancelled',
      body: order,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token', 'Preference-Applied'],
    },
    202: {
      description:
        'The request was accepted; the order as it was then. Whether it is cancelled is decided afterwards: an order that is ' +
        'confirmed or rejected stays so, which only an answer to `Prefer: wait=N` says (409). `hint` says so where it is known',
      body: order,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token', 'Preference-Applied'],
    },
  },
  problems: {
    404: unknown,
    409: 'With `Prefer: wait=N`: it is settled already; `reason` says how',
    413: 'The body is too large',
    415: 'The body is not JSON',
    422: 'The Idempotency-Key was used for another body',
    500: setAside,
  },
};

export const history: OperationDocs = {
  summary: 'Reads the events of an order, oldest first',
  reads: 'eventLog',
  params: ['orderId'],
  answers: { 200: { description: 'Its history', body: orderHistory } },
  problems: { 404: unknown, 422: tooLong, 500: setAside },
};

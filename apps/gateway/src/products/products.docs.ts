import type { OperationDocs } from '../openapi/operation.ts';
import { z } from 'zod';
import { acceptedReceipt, pastProduct, product, productPage } from './product.schema.ts';

const unknown = 'There is no such product';

export const list: OperationDocs = {
  summary: 'Lists products, by sku',
  reads: 'products',
  answers: { 200: { description: 'A page of products', body: productPage } },
};

export const get: OperationDocs = {
  summary: 'Reads a product and its stock, as they are or as they were',
  reads: 'products',
  params: ['sku'],
  answers: {
    200: {
      description: 'The product; with `version` or `at` the state of its stock then',
      body: z.union([product, pastProduct]),
    },
  },
  problems: {
    404: `${unknown}, or it has no such state: \`first\` and \`last\` have the versions and times that there are`,
    422: 'Its history is longer than what is folded for one request; `detail` says how long that is',
  },
};

export const add: OperationDocs = {
  summary: 'Adds a product to the catalogue',
  headers: ['Idempotency-Key', 'X-Client-Id', 'traceparent'],
  answers: {
    202: {
      description: 'The product was accepted',
      body: product,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token'],
    },
  },
  problems: {
    409: 'There is a product with this sku',
    413: 'The body is too large',
    415: 'The body is not JSON',
    422: 'The Idempotency-Key was used for another body, or the product was refused: `detail` says why',
  },
};

export const receive: OperationDocs = {
  summary: 'Puts pieces on the shelf',
  params: ['sku'],
  headers: ['Idempotency-Key', 'X-Client-Id', 'traceparent'],
  answers: {
    202: {
      description: 'The receipt was accepted',
      body: acceptedReceipt,
      headers: ['Location', 'Idempotency-Key', 'Consistency-Token'],
    },
  },
  problems: {
    404: unknown,
    413: 'The body is too large',
    415: 'The body is not JSON',
    422: 'The Idempotency-Key was used for another body',
  },
};

import type { OperationDocs } from '../openapi/operation.ts';
import { acceptedReceipt, product, productPage } from './product.schema.ts';

const unknown = 'There is no such product';

export const list: OperationDocs = {
  summary: 'Lists products, by sku',
  reads: 'products',
  answers: { 200: { description: 'A page of products', body: productPage } },
};

export const get: OperationDocs = {
  summary: 'Reads a product and its stock',
  reads: 'products',
  params: ['sku'],
  answers: { 200: { description: 'The product', body: product } },
  problems: { 404: unknown },
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

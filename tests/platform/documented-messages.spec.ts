import { readFile } from 'node:fs/promises';
import { OrderPlaced, PlaceOrder } from '@atelier/contracts';
import type { AvroSchema } from '@atelier/eventing/domain';
import type { ConsumedRecord } from '@atelier/eventing/log';
import type { SchemaRegistry } from '@atelier/eventing/serde';
import { describe, expect, it } from '@jest/globals';
import { type Documented, DocumentedMessages } from './documented-messages.ts';

const file = new URL('../../apps/gateway/src/asyncapi/asyncapi.json', import.meta.url);
const document = JSON.parse(await readFile(file, 'utf8')) as Documented;
const { versions } = OrderPlaced;
const edited = { ...versions[2], doc: 'Something else.' } as AvroSchema;
/** By id, from 1. */
const schemas = [...versions, edited, PlaceOrder.versions[1]];
const registry = {
  schemaOf: async (id: number) => ({ text: JSON.stringify(schemas[id - 1]) }),
} as unknown as SchemaRegistry;

describe('a record, compared with the document', () => {
  it.each([
    [1, 'OrderPlaced', 'OrderPlaced.v1', true],
    [3, 'OrderPlaced', 'OrderPlaced', true],
    [3, 'OrderSubmitted', 'OrderPlaced, which says that it is OrderSubmitted', false],
    [4, 'OrderPlaced', 'schema id 4, a version of OrderPlaced', false],
    [5, 'PlaceOrder', 'schema id 5, a version of PlaceOrder', false],
  ])('of schema %i that says %s is %s', async (id, type, name, isDocumented) => {
    const record = {
      topic: 'orders.events',
      value: Buffer.from([0, 0, 0, 0, id, 0]),
      headers: [['ce_type', Buffer.from(type)]],
    } as unknown as ConsumedRecord;
    expect(await new DocumentedMessages(document, registry).of(record)).toEqual({ name, isDocumented });
  });
});

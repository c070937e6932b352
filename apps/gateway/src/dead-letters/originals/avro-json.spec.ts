import { OrderPlaced, PlaceOrder, RedriveRequested } from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { DoesNotFit, fromJson } from './avro-json.ts';

const placeOrder = PlaceOrder.versions.at(-1) ?? {};
const order = {
  orderId: 'a',
  customerId: 'ada',
  email: 'ada@example.com',
  lines: [{ sku: 'POT', quantity: 2, unitPrice: { amount: 450, currency: 'EUR' } }],
  channel: 'phone',
};
const money = { type: 'record', name: 'Money', fields: [{ name: 'amount', type: 'long' }] };
const twice = {
  type: 'record',
  name: 'Twice',
  fields: [
    { name: 'one', type: money },
    { name: 'other', type: ['null', 'Money'] },
    { name: 'bytes', type: 'bytes' },
  ],
};

const problemOf = (json: unknown, schema: object = placeOrder) => {
  try {
    return fromJson(schema, json);
  } catch (error) {
    return error instanceof DoesNotFit ? [error.path, error.message] : error;
  }
};

describe("a message's data from JSON", () => {
  it('has bigint where the schema has long', () => {
    const [line] = order.lines;
    expect(fromJson(placeOrder, order)).toEqual({
      ...order,
      lines: [{ ...line, unitPrice: { amount: 450n, currency: 'EUR' } }],
    });
  });

  it('knows records by name, null, bytes, and digits that a number has not', () => {
    const huge = '9007199254740993';
    expect(fromJson(twice, { one: { amount: huge }, other: { amount: -1 }, bytes: '00ff' })).toEqual({
      one: { amount: BigInt(huge) },
      other: { amount: -1n },
      bytes: Buffer.from([0, 255]),
    });
    expect(fromJson(twice, { one: { amount: 0 }, other: null, bytes: '' })).toMatchObject({ other: null });
  });

  it('can be had for every schema that has other schemas in it', () => {
    expect(problemOf({}, OrderPlaced.versions.at(-1))).toEqual(['/orderId', 'must be a text']);
    expect(problemOf({}, RedriveRequested.versions.at(-1))).toEqual(['/deadLetterId', 'must be a text']);
  });

  it.each([
    [[], '', 'must be an object'],
    [{ ...order, email: 1 }, '/email', 'must be a text'],
    [{ ...order, channel: 'fax' }, '/channel', 'must be one of web, store, phone'],
    [{ ...order, channel: undefined }, '/channel', 'must be one of web, store, phone'],
    [{ ...order, emial: 'x' }, '/emial', 'is not in the schema'],
    [{ ...order, lines: {} }, '/lines', 'must be an array'],
    [{ ...order, lines: [{ sku: 'POT', quantity: 2 ** 31 }] }, '/lines/0/quantity', '32 bits'],
    [{ ...order, lines: [{ sku: 'POT', quantity: 1.5 }] }, '/lines/0/quantity', '32 bits'],
    [
      { ...order, lines: [{ ...order.lines[0], unitPrice: { amount: 2 ** 60, currency: 'EUR' } }] },
      '/lines/0/unitPrice/amount',
      'as text',
    ],
    [
      {
        ...order,
        lines: [{ ...order.lines[0], unitPrice: { amount: '9223372036854775808', currency: 'EUR' } }],
      },
      '/lines/0/unitPrice/amount',
      '64 bits',
    ],
  ])('is refused: %j', (json, path, message) => {
    expect(problemOf(json)).toEqual([path, expect.stringContaining(message)]);
  });
});

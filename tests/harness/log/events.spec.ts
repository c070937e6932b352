import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import avro from 'avsc';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventDecoder } from './events.ts';
import type { LoggedRecord } from './record-batch.ts';

const money = { type: 'record', name: 'Money', fields: [{ name: 'amount', type: 'long' }] } as const;
const orderPlaced = {
  type: 'record',
  name: 'OrderPlaced',
  namespace: 'atelier.orders',
  fields: [{ name: 'total', type: money }],
} as const;
const body = avro.Type.forSchema(orderPlaced as unknown as avro.Schema).toBuffer({
  total: { amount: 2 ** 40 },
});

let registry: Server;
let url: string;
let asked: string[];
let isDown = false;

beforeAll(async () => {
  registry = createServer(({ url = '' }, answer) => {
    asked.push(url);
    const isKnown = url === '/api/schemas/ids/258' && !isDown;
    answer.writeHead(isKnown ? 200 : 503).end(JSON.stringify({ schema: JSON.stringify(orderPlaced) }));
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/api`;
});

beforeEach(() => {
  asked = [];
  isDown = false;
});

afterAll(async () => {
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
});

const headers = [
  ['ce_id', 'event-1'],
  ['ce_type', 'OrderPlaced'],
  ['ce_subject', 'order-1'],
  ['ce_time', '2026-11-21T06:37:25.759Z'],
  ['aggregateversion', '7'],
  ['causationid', 'command-1'],
] as const;

const record = (changes: Partial<LoggedRecord> = {}): LoggedRecord => ({
  topic: 'orders.events',
  partition: 2,
  offset: 9n,
  timestamp: 0,
  key: 'order-1',
  value: Buffer.concat([Buffer.from([0, 0, 0, 1, 2]), body]),
  headers: new Map(headers),
  transactional: true,
  ...changes,
});

describe('EventDecoder', () => {
  it('reads an event with the schema that it was written with, and asks for that once', async () => {
    const decoder = new EventDecoder(url);
    const [event] = await decoder.decode([record(), record({ offset: 10n })]);
    expect(event).toEqual({
      id: 'event-1',
      type: 'OrderPlaced',
      subject: 'order-1',
      version: 7,
      causationId: 'command-1',
      topic: 'orders.events',
      partition: 2,
      offset: 9n,
      time: Date.parse('2026-11-21T06:37:25.759Z'),
      data: { total: { amount: 2 ** 40 } },
    });
    await decoder.decode([record()]);
    expect(asked).toEqual(['/api/schemas/ids/258']);
  });

  it('does not make up a version that the event does not say', async () => {
    const [event] = await new EventDecoder(url).decode([record({ headers: new Map(headers.slice(0, 2)) })]);
    expect(event).toMatchObject({ version: NaN, causationId: undefined, subject: 'order-1' });
  });

  it.each<[string, Partial<LoggedRecord>, string]>([
    ['no value', { value: null }, 'does not start with a zero'],
    ['another format', { value: Buffer.from('{"a":1}') }, 'does not start with a zero'],
    ['bytes that are too few', { value: Buffer.from([0, 0, 0, 1, 2, 0x80]) }, 'does not fit its schema'],
    ['bytes that are too many', { value: Buffer.from([0, 0, 0, 1, 2, 2, 2]) }, 'does not fit its schema'],
    [
      'another type by its header',
      { headers: new Map([['ce_type', 'OrderLost']]) },
      'is OrderLost by its header',
    ],
  ])('refuses %s', async (_, changes, message) => {
    await expect(new EventDecoder(url).decode([record(changes)])).rejects.toMatchObject({
      code: 'UNREADABLE',
      message: expect.stringContaining(message),
    });
  });

  it('is asked again when the registry is down', async () => {
    const decoder = new EventDecoder(url);
    isDown = true;
    await expect(decoder.decode([record()])).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      retryable: true,
    });
    isDown = false;
    expect(await decoder.decode([record()])).toHaveLength(1);
  });
});

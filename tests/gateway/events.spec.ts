import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventStream } from '../../apps/gateway/src/events/event-stream.ts';
import { LogVector } from '../../apps/gateway/src/events/log-vector.ts';
import { RecentEvents } from '../../apps/gateway/src/events/recent-events.ts';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let platform: InProcessPlatform;
let gateway: { app: NestFastifyApplication; url: string };

beforeAll(async () => {
  database = await migratedDatabase();
  platform = new InProcessPlatform(database.url);
  gateway = await startGateway(platform, database.url);
  await post('/v1/products', {
    sku: 'POT',
    name: 'Pot',
    unitPrice: { amount: 1, currency: 'EUR' },
    onHand: 0,
  });
});

afterAll(async () => {
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

const post = (path: string, body: unknown) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const receive = (quantity: number) => post('/v1/products/POT/receipts', { quantity });

interface Sent {
  readonly event: string;
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever came
  readonly data: any;
}

/** The events of a stream, read until there are so many. */
async function read(chunks: AsyncIterable<string>, count: number): Promise<Sent[]> {
  const events: Sent[] = [];
  let text = '';
  for await (const chunk of chunks) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      if (fields.data) events.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) });
    }
    if (events.length >= count) break;
  }
  return events;
}

const connect = (lastEventId?: string, url = gateway.url) =>
  fetch(`${url}/v1/events`, { headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId } });

/** What the gateway sends; it is connected when this returns. */
async function follow(lastEventId?: string, url?: string): Promise<ReadableStream<string>> {
  const { status, body } = await connect(lastEventId, url);
  expect(status).toBe(200);
  return (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream());
}

const quantities = (events: readonly Sent[]) => events.map(({ data }) => data.data.quantity);
const beginning = Array.from({ length: 12 }, () => '0').join('.');

describe('the stream of events', () => {
  it('has each event as it is committed', async () => {
    const stream = await follow();
    await receive(1);
    await receive(2);
    const [first, second] = await read(stream, 2);
    expect(first).toMatchObject({
      event: 'StockReceived',
      data: { type: 'StockReceived', subject: 'POT', topic: 'inventory.events', data: { quantity: 1 } },
    });
    expect(second?.data.offset).toBeGreaterThan(first?.data.offset);
  });

  it('goes on after the last event that was seen, without a gap or a repeat', async () => {
    const stream = await follow();
    for (const quantity of [11, 12, 13, 14]) await receive(quantity);
    const [, second] = await read(stream, 4);
    expect(quantities(await read(await follow(second?.id), 2))).toEqual([13, 14]);
  });

  it('has what happened before this gateway was started', async () => {
    const young = await startGateway(platform, database.url);
    platform.hold('projections.event-log.v1');
    await receive(21);
    const stream = await follow(beginning, young.url);
    await platform.letGo('projections.event-log.v1');
    const events = await read(stream, 8);
    await receive(22);
    const last = events.at(-1);
    const next = await read(await follow(last?.id, young.url), 1);
    await young.app.close();
    expect(events[0]).toMatchObject({ event: 'ProductAdded' });
    expect(quantities(events.slice(1))).toEqual([1, 2, 11, 12, 13, 14, 21]);
    expect(quantities(next)).toEqual([22]);
  });

  it('tells a reader that is too slow what it missed', async () => {
    Object.assign(gateway.app.get(RecentEvents), { capacity: 3 });
    const stream = await gateway.app.get(EventStream).open(undefined, new AbortController().signal);
    await stream.next();
    await receive(30);
    await stream.next();
    for (const quantity of [31, 32, 33, 34, 35]) await receive(quantity);
    const [gap, ...events] = await read(stream, 4);
    expect(quantities(events)).toEqual([33, 34, 35]);
    expect(gap).toMatchObject({ event: 'gap', data: { ranges: [{ topic: 'inventory.events' }] } });
    const [range] = gap?.data.ranges ?? [];
    expect(range.to - range.from).toBeGreaterThanOrEqual(2);
    expect(LogVector.parse(gap?.id ?? '').offsetIn(range)).toBe(BigInt(range.to));
  });

  it('refuses an id that it never gave out', async () => {
    const ahead = beginning.replace('0', 'zzzz');
    for (const id of ['nonsense', '1.2.3', ahead]) {
      const { status, headers } = await connect(id);
      expect(status).toBe(400);
      expect(headers.get('Content-Type')).toContain('application/problem+json');
    }
  });

  it('ends when the gateway does', async () => {
    const young = await startGateway(platform, database.url);
    const stream = await follow(undefined, young.url);
    await Promise.all([young.app.close(), read(stream, 1)]);
  });
});

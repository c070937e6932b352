import { SchemaRegistry as ConfluentClient, SchemaType } from '@kafkajs/confluent-schema-registry';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { MemoryRegistry } from '../src/memory/memory-registry.ts';
import { MessageCodec } from '../src/serde/message-codec.ts';
import { systemClock } from '../src/time/system-clock.ts';
import { contractOf, Placed, placed, type Release } from './placed-orders.ts';

/**
 * What it costs to read values of another version of their schema, and of a former type, which an upcaster makes something else of: each
 * against the same values, read by the release that wrote them, and against the client that has a `decode` for the same. In turns, in
 * one process; the first round of each, in which everything is cold, is not counted. Figures are medians of microseconds of CPU for a
 * value; the ratios say what evolution costs.
 */
const { values } = parseArgs({
  options: { values: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '15' } },
});
const [count, rounds] = [whole(values.values), whole(values.rounds)];
const BATCH = 500;
const RESOLVED_EACH_TIME = 'client, readerSchema';
/** It takes so long for each that fewer say as much. */
const few = Math.ceil(count / 10);

const registry = new MemoryRegistry();
const OLDER = 'an older writer';
const FORMER = 'a former type';
/** Who writes, and who else reads it. */
const pairs = {
  [OLDER]: ['older', 'newest'],
  'a newer writer': ['newest', 'older'],
  'a writer with more symbols': ['wider', 'newest'],
  [FORMER]: ['former', 'newest'],
} as const satisfies Readonly<Record<string, readonly [Release, Release]>>;
const OWN = 'its own release';
const own = (writer: string) => `${writer}, to ${OWN}`;
const another = (writer: string) => `${writer}, to another release`;

const server = await serve();
try {
  const sides: Record<string, () => Promise<void>> = {};
  for (const [pair, [writer, reader]] of Object.entries(pairs)) {
    const all = await writtenBy(writer);
    sides[own(pair)] = read(all, writer);
    sides[another(pair)] = read(all, reader);
  }
  const { port } = server.address() as AddressInfo;
  const client = new ConfluentClient({ host: `http://127.0.0.1:${port}` });
  const older = await writtenBy('older');
  const options = { [SchemaType.AVRO]: { readerSchema: Placed.versions.at(-1) as never } };
  const clients = {
    'client, its own schema': ask(client, older),
    [RESOLVED_EACH_TIME]: ask(client, older.slice(0, few), options),
  };
  // Apart: what the client leaves behind is collected at the cost of whoever comes next.
  report({ ...(await measured(sides)), ...(await measured(clients)) });
} finally {
  server.close();
  server.closeAllConnections();
}

function read(all: readonly Buffer[], by: Release) {
  const codec = new MessageCodec(registry, [contractOf(by)], systemClock);
  return async () => {
    for (let at = 0; at < all.length; at += BATCH) {
      const batch = all.slice(at, at + BATCH);
      await codec.prepare(batch);
      for (const value of batch) codec.read(value);
    }
  };
}

function ask(client: ConfluentClient, all: readonly Buffer[], options?: object) {
  return async () => {
    for (const value of all) await client.decode(value, options as never);
  };
}

type Sides = Readonly<Record<string, () => Promise<void>>>;
/** Microseconds of CPU for a value, by side: one figure for each round. */
type Found = Readonly<Record<string, readonly number[]>>;

async function measured(sides: Sides): Promise<Found> {
  const found = Object.fromEntries(Object.keys(sides).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(sides)) {
      const began = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(began);
      if (round > 0) found[name]?.push((user + system) / (name === RESOLVED_EACH_TIME ? few : count));
    }
  return found;
}

/** Ratios are of the same round: a machine that has something else to do has it on both sides. Values for a second of CPU. */
function report(found: Found): void {
  for (const [name, each] of Object.entries(found))
    console.log(`${name.padEnd(48)} ${median(each).toFixed(2).padStart(8)} µs`);
  const ofBoth = (one: string, other: string, both: (one: number, other: number) => number) =>
    median((found[one] ?? []).map((us, round) => both(us, found[other]?.[round] as number))).toFixed(2);
  const faster = (slow: string, quick: string) => ofBoth(slow, quick, (theirs, own) => theirs / own);
  const ratio = (what: string, value: string) => console.log(`${what.padEnd(80)} ${value}`);
  for (const pair of Object.keys(pairs))
    ratio(`${another(pair)}, of ${OWN} (values/s)`, faster(own(pair), another(pair)));
  const readerSchema = faster(RESOLVED_EACH_TIME, another(OLDER));
  ratio(`${another(OLDER)}, of the client with readerSchema (values/s)`, readerSchema);
  const cost = ofBoth(another(FORMER), own(FORMER), (upcast, itself) => upcast - itself);
  console.log(`an upcaster costs ${cost} µs for a value`);
}

/** Values that a release has written. */
async function writtenBy(which: Release): Promise<Buffer[]> {
  const codec = new MessageCodec(registry, [contractOf(which)], systemClock);
  await codec.ready();
  return Array.from({ length: count }, (_, n) => codec.encode(placed(which, randomUUID(), n)));
}

/** As much of a registry's API as the client needs to read. */
async function serve(): Promise<Server> {
  const http = createServer((request, response) => {
    const id = Number(/\/schemas\/ids\/(\d+)/.exec(request.url ?? '')?.[1]);
    const answer = async () => response.end(JSON.stringify({ schema: (await registry.schemaOf(id)).text }));
    response.writeHead(200, { 'content-type': 'application/json' });
    answer().catch((error: Error) => response.end(JSON.stringify({ message: error.message })));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return http;
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`${text} is not a whole number above 0`);
  process.exit(2);
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, contracts, stringifyExactly } from '@atelier/contracts';
import { type AnyMessageType, type AvroSchema, delayTopic, messageTypes } from '@atelier/eventing/domain';
import type { ConsumedRecord, OutgoingRecord } from '@atelier/eventing/log';
import { partitionOf } from '@atelier/eventing/serde';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { skipped, succeeding } from '../harness/installed/installed-once.ts';
import { javaClassPath, runJava } from '../harness/installed/java.ts';
import { npmPackages } from '../harness/installed/node.ts';
import { pythonEnvironment, pythonSettings } from '../harness/installed/python.ts';
import { get } from '../harness/http.ts';
import { type Addresses, eventually, type RunningPlatform } from '../harness/running-platform.ts';
import { specDirectory } from '../harness/spec-directory.ts';
import { append, newOrder, place } from './foreign-orders.ts';
import { type Counts, countsOf, Observed } from './observed.ts';

/** The field that is the record's key, by topic: of whatever has messages, delayed ones, too. */
const keyFields = new Map(
  contracts.flatMap((contract) => {
    const key = (messageTypes(contract) as readonly AnyMessageType[])[0]?.key as string;
    return [contract.topic, delayTopic(contract.topic)].map((topic) => [topic, key] as const);
  }),
);
const topics = catalogue.topics.map(({ name }) => name).filter((name) => keyFields.has(name));
const withKeys = topics.map((topic) => `${topic}:${keyFields.get(topic)}`);
const programs = join(import.meta.dirname, 'clients');

/** Installed while the platform starts and is at work. */
const python = inTime(pythonEnvironment('python-client', join(programs, 'python/requirements.txt')));
const java = inTime(javaClassPath('java-client', join(programs, 'java/pom.xml')));
const node = inTime(npmPackages('node-client', join(programs, 'node')));

/** What fails is told by who waits for it. */
function inTime<T>(tool: Promise<T>): Promise<T> {
  tool.catch(() => undefined);
  return tool;
}

/** Clients that nobody here wrote read all that the platform has written, and each places an order. */
export function interoperability(started: () => RunningPlatform): void {
  let addresses: Addresses;
  let observed: Observed;
  let directory: string;
  /** An order that the platform has: each client reads all of it. */
  const known = newOrder('Zoë', 'zoe@example.com');

  beforeAll(async () => {
    addresses = await started().addresses();
    observed = new Observed(addresses.kafka);
    directory = await specDirectory('clients');
    await place(addresses, known);
  });

  afterAll(() => observed?.close());

  /** The path of a file with an order that nobody has placed yet, and the order's id. */
  async function orderOf(customerId: string): Promise<{ file: string; orderId: string }> {
    const data = newOrder(customerId);
    const file = join(directory, `${customerId}.json`);
    await writeFile(file, stringifyExactly(data));
    return { file, orderId: data.orderId };
  }

  const isConfirmed = (orderId: string) =>
    eventually(
      () => get(`${addresses.gateway}/v1/orders/${orderId}`),
      ({ body }) => body.status === 'confirmed',
    );

  /**
   * Runs a client that reads everything: it has seen what was there before, and no more than what is there afterwards; and of the order
   * that is known, each field.
   */
  async function readsAll(client: () => Promise<string>): Promise<void> {
    const before = countsOf(await observed.records(topics));
    const { counts: read, order } = JSON.parse(await client()) as Reading;
    expect(order).toEqual(asJson(known));
    const after = countsOf(await observed.records(topics));
    for (const topic of topics)
      for (const [type, count = 0] of Object.entries(after[topic] ?? {})) {
        const counted = { topic, type, count: read[topic]?.[type] ?? 0 };
        expect(counted.count).toBeGreaterThanOrEqual(before[topic]?.[type] ?? 0);
        expect(counted.count).toBeLessThanOrEqual(count);
      }
  }

  it("is read and written by Confluent's client for Python", async () => {
    const program = await python;
    if ('missing' in program) return skipped("Confluent's client for Python is not tried", program);
    const { file, orderId } = await orderOf('python');
    const args = [addresses.kafka, addresses.registry, file, known.orderId, ...withKeys];
    const script = join(programs, 'python/client.py');
    await readsAll(() => succeeding(program('python'), [script, ...args], { env: pythonSettings }));
    await isConfirmed(orderId);
  });

  it("is read and written by Kafka's own client and Avro for Java", async () => {
    const classPath = await java;
    if (typeof classPath === 'object') return skipped('no client in Java is tried', classPath);
    const { file, orderId } = await orderOf('java');
    const args = [addresses.kafka, addresses.registry, file, known.orderId, ...withKeys];
    await readsAll(() => runJava(classPath, join(programs, 'java/Client.java'), args));
    await isConfirmed(orderId);
  });

  it("is read and written with Confluent's registry client and the CloudEvents SDK", async () => {
    const cwd = await node;
    if (typeof cwd === 'object') return skipped("Confluent's registry client is not tried", cwd);
    const { file, orderId } = await orderOf('node');
    const records = someOfEach(await observed.records(topics), known.orderId);
    const recordsFile = join(directory, 'records.ndjson');
    await writeFile(recordsFile, records.map((record) => `${JSON.stringify(asText(record))}\n`).join(''));
    const args = [join(programs, 'node/client.mjs'), addresses.registry, file, known.orderId, recordsFile];
    const { counts, order, subjects, accepts, command } = JSON.parse(
      await succeeding(process.execPath, args, { cwd }),
    ) as NodeReport;

    expect(counts).toEqual(countsOf(records));
    expect(order).toEqual(asJson(known));
    expect(subjects).toEqual(registered());
    expect(accepts).toEqual({ today: true, without: false });
    await append(addresses.kafka, fromText(command));
    await isConfirmed(orderId);
  });
}

/** A record in JSON; its value in base64. */
interface RecordAsText {
  readonly topic: string;
  readonly key: string;
  readonly keyField?: string | undefined;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Reading {
  readonly counts: Counts;
  readonly order?: object;
}

interface NodeReport extends Reading {
  readonly subjects: object;
  readonly accepts: object;
  readonly command: RecordAsText;
}

const asText = ({ topic, key, value, headers }: ConsumedRecord): RecordAsText => ({
  topic,
  key: String(key),
  keyField: keyFields.get(topic),
  value: value?.toString('base64') ?? '',
  headers: Object.fromEntries(headers.map(([name, text]) => [name, String(text)])),
});

const fromText = ({ topic, key, value, headers }: RecordAsText): OutgoingRecord => ({
  topic,
  partition: partitionOf(key, partitionsOf(topic)),
  key: Buffer.from(key),
  value: Buffer.from(value, 'base64'),
  headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
});

const partitionsOf = (topic: string) =>
  catalogue.topics.find(({ name }) => name === topic)?.partitions as number;

const asJson = (data: unknown): unknown => JSON.parse(stringifyExactly(data));

const MOST_OF_EACH = 20;

/** Enough of each type on each topic, and what is of this key. */
function someOfEach(records: readonly ConsumedRecord[], wanted: string): ConsumedRecord[] {
  const taken = new Map<string, number>();
  return records.filter((record) => {
    const kind = JSON.stringify([record.topic, countsOf([record])]);
    const before = taken.get(kind) ?? 0;
    taken.set(kind, before + 1);
    return before < MOST_OF_EACH || String(record.key) === wanted;
  });
}

/** What the deployment has registered: each subject with its level, and with every version of the contracts. */
const registered = () =>
  Object.fromEntries(
    contracts.flatMap((contract) =>
      messageTypes(contract).map(({ topic, versions }) => {
        const [{ namespace, name }] = versions as readonly [AvroSchema, ...AvroSchema[]];
        const level = topic.endsWith('.events') ? 'FULL_TRANSITIVE' : 'BACKWARD_TRANSITIVE';
        return [`${topic}-${namespace}.${name}`, { level, versions: versions.length, isFound: true }];
      }),
    ),
  );

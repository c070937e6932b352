import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompressionTypes, Kafka, logLevel, type Producer, type Transaction } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { until } from '@atelier/local-stack';
import { Random } from '../../../tools/random.ts';
import { LogReader } from './log-reader.ts';
import type { LoggedRecord } from './record-batch.ts';

const bootstrap = process.env['KAFKA_BROKERS'] ?? '';
const partitions = 3;
const names = ['a', 'b', 'c'] as const;

interface Sent {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

/** What the producer was told of its own records. */
interface Truth {
  readonly committed: Sent[];
  readonly aborted: Sent[];
}

const kafka = new Kafka({
  brokers: bootstrap.split(','),
  clientId: 'reader-spec',
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 5 },
});
const admin = kafka.admin();
const plain = kafka.producer();
const transactional = new Map<string, Producer>();

beforeAll(async () => {
  await admin.connect();
  await plain.connect();
  for (const name of names) {
    const transactionalId = `${name}-${randomUUID()}`;
    const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    transactional.set(name, producer);
  }
});

afterAll(async () => {
  for (const producer of [plain, ...transactional.values()]) await producer.disconnect();
  await admin.disconnect();
});

async function scratchTopic(numPartitions = partitions): Promise<string> {
  const topic = `log-reader-${randomUUID().slice(0, 8)}`;
  await admin.createTopics({
    topics: [{ topic, numPartitions, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  return topic;
}

async function send(to: Producer | Transaction, topic: string, partition: number): Promise<Sent> {
  const value = randomUUID();
  const message = { partition, key: `key-${value}`, value, headers: { ce_id: value, empty: '' } };
  const [told] = await to.send({ topic, messages: [message] });
  return { partition, offset: BigInt(told?.baseOffset ?? -1), value };
}

/** Transactions that overlap at random, on all partitions, between records of no transaction. */
async function play(topic: string, steps: number, seed: number): Promise<Truth> {
  const random = new Random(seed);
  const below = (count: number) => random.between(0, count - 1);
  const open = new Map<string, { transaction: Transaction; sent: Sent[] }>();
  const truth: Truth = { committed: [], aborted: [] };
  const end = async (name: string) => {
    const { transaction, sent } = open.get(name) as { transaction: Transaction; sent: Sent[] };
    const outcome = below(2) === 0 ? 'abort' : 'commit';
    await transaction[outcome]();
    truth[outcome === 'abort' ? 'aborted' : 'committed'].push(...sent);
    open.delete(name);
  };
  for (let step = 0; step < steps; step++) {
    const name = names[below(names.length)] as string;
    if (below(8) === 0) truth.committed.push(await send(plain, topic, below(partitions)));
    else if (open.has(name) && below(4) === 0) await end(name);
    else {
      const producer = transactional.get(name) as Producer;
      const running = open.get(name) ?? { transaction: await producer.transaction(), sent: [] };
      open.set(name, running);
      running.sent.push(await send(running.transaction, topic, below(partitions)));
    }
  }
  for (const name of [...open.keys()]) await end(name);
  return truth;
}

const inOrder = (sent: readonly Sent[]) =>
  [...sent].sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));

const seen = (records: readonly LoggedRecord[]) =>
  Array.from({ length: partitions }, (_, partition) =>
    records
      .filter((each) => each.partition === partition)
      .map(({ offset, value }) => ({ partition, offset, value: String(value) })),
  ).flat();

/** Reads until no transaction is open: markers are written after the end of a transaction was answered. */
async function readToRest(reader: LogReader, topic: string, into: LoggedRecord[]): Promise<void> {
  await until('no transaction is open', async () => {
    await reader.refresh([topic], (record) => into.push(record));
    return reader.open(topic).length === 0;
  });
}

describe('LogReader', () => {
  it('finds out what was committed, while it is written and afterwards', async () => {
    const topic = await scratchTopic();
    const live = new LogReader(bootstrap, { maxPartitionBytes: 300 });
    const later = new LogReader(bootstrap);
    const [whileWritten, afterwards]: [LoggedRecord[], LoggedRecord[]] = [[], []];
    let writing = true;
    const follow = async () => {
      while (writing) await live.refresh([topic], (record) => whileWritten.push(record));
    };
    const following = follow();
    const truth = await play(topic, 400, 7).finally(() => (writing = false));
    await following;
    await readToRest(live, topic, whileWritten);
    await readToRest(later, topic, afterwards);

    for (const [reader, records] of [[live, whileWritten] as const, [later, afterwards] as const]) {
      expect(seen(records)).toEqual(inOrder(truth.committed));
      const aborted = inOrder(truth.aborted);
      expect(reader.aborted(topic).flat()).toEqual(aborted.map(({ offset }) => offset));
      expect(reader.oddities()).toEqual([]);
    }
    expect(truth.aborted.length).toBeGreaterThan(20);
    for (const { partition, stable, end } of await later.ends(topic))
      expect([partition, stable]).toEqual([partition, end]);
    live.close();
    later.close();
  });

  it('holds records back behind an open transaction, and tells who has it open', async () => {
    const topic = await scratchTopic();
    const reader = new LogReader(bootstrap);
    const records: LoggedRecord[] = [];
    const before = await send(plain, topic, 1);
    const transaction = await (transactional.get('a') as Producer).transaction();
    const within = await send(transaction, topic, 1);
    const behind = await send(plain, topic, 1);

    await reader.refresh([topic], (record) => records.push(record));
    expect(seen(records)).toEqual([before]);
    expect(reader.open(topic)).toMatchObject([{ partition: 1, firstOffset: within.offset, records: 1 }]);
    expect((await reader.ends(topic))[1]).toEqual({ partition: 1, stable: within.offset, end: 3n });

    await transaction.commit();
    await readToRest(reader, topic, records);
    expect(seen(records)).toEqual([before, within, behind]);
    expect(records.map((record) => record.transactional)).toEqual([false, true, false]);
    reader.close();
  });

  it('reads what a record carries, and begins again with the record that was not taken', async () => {
    const topic = await scratchTopic();
    const timestamp = '1700000000123';
    const messages = [
      { key: null, value: null, timestamp },
      { key: 'ключ', value: 'x'.repeat(300), headers: { имя: 'значение', ce_id: '1' }, timestamp },
    ];
    for (const message of messages) await plain.send({ topic, messages: [{ ...message, partition: 2 }] });
    const reader = new LogReader(bootstrap);
    const refuse = () => {
      throw new Error('not now');
    };
    await expect(reader.refresh([topic], refuse)).rejects.toThrow('not now');
    const records: LoggedRecord[] = [];
    await reader.refresh([topic], (record) => records.push(record));
    const common = { topic, partition: 2, timestamp: Number(timestamp), transactional: false };
    expect(records).toEqual([
      { ...common, offset: 0n, key: null, value: null, headers: new Map() },
      {
        ...common,
        offset: 1n,
        key: 'ключ',
        value: Buffer.from('x'.repeat(300)),
        headers: new Map([
          ['имя', 'значение'],
          ['ce_id', '1'],
        ]),
      },
    ]);
    reader.close();
  });

  it('leaves values out where nobody needs them', async () => {
    const topic = await scratchTopic();
    await send(plain, topic, 0);
    const reader = new LogReader(bootstrap, { withValues: () => false });
    const records: LoggedRecord[] = [];
    await reader.refresh([topic], (record) => records.push(record));
    expect(records.map(({ value, headers }) => [value, headers.size])).toEqual([[null, 2]]);
    reader.close();
  });

  it('refuses compressed batches', async () => {
    const topic = await scratchTopic();
    const messages = [{ value: 'small', partition: 0 }];
    await plain.send({ topic, compression: CompressionTypes.GZIP, messages });
    const reader = new LogReader(bootstrap);
    await expect(reader.refresh([topic], () => undefined)).rejects.toMatchObject({
      code: 'UNREADABLE',
      retryable: false,
    });
    reader.close();
  });

  it('says where a group is, and where it is nowhere', async () => {
    const topic = await scratchTopic();
    const groupId = `group-${randomUUID()}`;
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '42' }] });
    const reader = new LogReader(bootstrap);
    expect(await reader.committed(groupId, topic)).toEqual([undefined, 42n, undefined]);
    reader.close();
  });

  it('gives up on a topic that is not there when its patience ends', async () => {
    const reader = new LogReader(bootstrap, { patienceMs: 200 });
    await expect(reader.refresh([`no-${randomUUID()}`], () => undefined)).rejects.toMatchObject({
      code: 'BROKER_ERROR',
    });
    reader.close();
  });
});

import { KafkaCluster } from './kafka-cluster.ts';
import { readPartition } from './partition-reader.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patience, record, scratchClient, scratchTopic, until } from '../testing/scratch-broker.ts';
import { scratchGroup } from '../testing/scratch-group.ts';
import type { KafkaClient } from './client.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { LogAppender } from './log-appender.ts';
import { committedOffset, stableEnd } from './positions.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';
import type { Handled } from '../engine/handler.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a handler that never returns', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  /** Two topics, records `0`, `1`… in the first, and a consumer that handles them with this handler. */
  async function run(
    count: number,
    handle: (records: readonly ConsumedRecord[], to: string) => Promise<Handled>,
  ) {
    const [from, to] = [await scratchTopic(client), await scratchTopic(client)];
    const group = await scratchGroup(client, from);
    const appender = new LogAppender(client);
    await Promise.all(Array.from({ length: count }, (_, i) => appender.append(record(from, String(i)))));
    const told: string[] = [];
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [from],
      handlerTimeoutMs: 300,
      log: { ...silent, warn: (line) => told.push(line), error: (line) => told.push(line) },
      processor: (assigned, member) =>
        new TransactionalProcessor(
          new KafkaCluster(client.sibling('worker')),
          member,
          { handle: (records) => handle(records, to) },
          { group, ...assigned },
        ),
    });
    consumer.start();
    return { consumer, from, to, group, told, worker: () => consumer.status.workers.get(`${from}-0`) };
  }

  const copies = (records: readonly ConsumedRecord[], to: string, mark = ''): Handled => ({
    output: records.map(({ value }) => record(to, `${mark}${String(value)}`)),
  });

  async function read(topic: string): Promise<string[]> {
    const values: string[] = [];
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
    for await (const { records } of readPartition(client.sibling('reader'), topic, 0, range))
      values.push(...records.map(({ value }) => String(value)));
    return values;
  }

  it('is given up with a reason, its late answer is thrown away, and the batch is handled again', async () => {
    const gate = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    let calls = 0;
    const { consumer, from, to, group, told, worker } = await run(10, async (records, target) => {
      if (++calls > 1) return copies(records, target);
      await gate.promise;
      setImmediate(late.resolve);
      return copies(records, target, 'late ');
    });
    await until(async () => (await committedOffset(client, group, from, 0)) === 10n);
    expect(told[0]).toContain(`The handler of ${group} ${from}-0 at offset 0 has not finished within 300 ms`);
    expect(worker()?.state).toBe('running');
    gate.resolve();
    await late.promise;
    await new LogAppender(client).append(record(from, '10'));
    await until(async () => (await committedOffset(client, group, from, 0)) === 11n);
    expect(await read(to)).toEqual(Array.from({ length: 11 }, (_, i) => String(i)));
    await consumer.stop();
  });

  it('again and again keeps its partition waiting at that record, which the reason names, until it returns', async () => {
    const gate = Promise.withResolvers<void>();
    let hung = 0;
    const { consumer, from, to, group, worker } = await run(10, async (records, target) => {
      if (records.some(({ value }) => String(value) === '3')) {
        hung++;
        await gate.promise;
      }
      return copies(records, target);
    });
    await until(() => hung === 4);
    expect(worker()?.state).toBe('waiting');
    expect(worker()?.reason).toContain(`${group} ${from}-0 at offset 3 has not finished`);
    expect(await committedOffset(client, group, from, 0)).toBe(3n);
    expect(await read(to)).toEqual(['0', '1', '2']);
    gate.resolve();
    await until(async () => (await committedOffset(client, group, from, 0)) === 10n);
    expect(await read(to)).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
    await consumer.stop();
  });
});

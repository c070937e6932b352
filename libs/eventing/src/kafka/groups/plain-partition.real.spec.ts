import { KafkaCluster } from '../kafka-cluster.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import {
  brokers,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { AtLeastOnceProcessor } from '../../engine/worker/at-least-once-processor.ts';
import { AtMostOnceProcessor } from '../../engine/worker/at-most-once-processor.ts';
import { KafkaClient } from '../client/client.ts';
import { KafkaError } from '../client/errors.ts';
import { GroupMember } from './group-member.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { commitOffsets, committedOffset, logEnd } from './stored-positions.ts';
import { PlainPartition } from '../../engine/worker/plain-partition.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { Handler } from '../../engine/handler.ts';

describe('a partition without transactions', () => {
  const signal = patience();
  let client: KafkaClient;
  const opened: { stop(): Promise<void> }[] = [];
  beforeAll(() => void (client = scratchClient()));
  afterEach(async () => void (await Promise.all(opened.splice(0).map((one) => one.stop()))));
  afterAll(() => client.close());

  function sibling(): KafkaClient {
    const made = new KafkaClient({ brokers, clientId: 'plain' });
    opened.push({ stop: () => made.close() });
    return made;
  }

  async function join(group: string, topic: string, instanceId?: string): Promise<GroupMember> {
    const member = new GroupMember(sibling(), {
      group,
      topics: [topic],
      ...(instanceId !== undefined && { instanceId }),
      held: () => ({ running: [`${topic}-0`], stored: [] }),
      assigned: () => undefined,
      report: () => undefined,
    });
    opened.unshift(member);
    member.start();
    await until(() => member.joined);
    return member;
  }

  /** A group at the beginning of a topic of three records, a member that has it, and a handler that copies to another topic. */
  async function copying(instanceId?: string) {
    const [topic, output, group] = [
      await scratchTopic(client),
      await scratchTopic(client),
      scratchName('group'),
    ];
    await commitOffsets(client, group, [{ topic, partition: 0, offset: 0n }]);
    const appender = new LogAppender(client);
    await Promise.all(['a', 'b', 'c'].map((value) => appender.append(record(topic, value))));
    const member = await join(group, topic, instanceId);
    const where = { group, topic, partition: 0, ...(instanceId !== undefined && { instanceId }) };
    const own = sibling();
    const partition = new PlainPartition(new KafkaCluster(own), member, where);
    const handled: string[] = [];
    const handler: Handler = {
      handle: async (records) => {
        handled.push(...records.map(({ value }) => String(value)));
        return { output: records.map(({ value }) => record(output, String(value))) };
      },
    };
    const position = () => committedOffset(client, group, topic, 0);
    return { topic, output, group, member, partition, handled, handler, position, own };
  }

  /** As if it had been fetched, whatever the log holds. */
  const batch = (topic: string, from: bigint, ...values: string[]) => {
    const records = values.map((value, index): ConsumedRecord => ({
      ...record(topic, value),
      offset: from + BigInt(index),
      timestamp: 0,
    }));
    return { topic, records, nextOffset: from + BigInt(values.length) };
  };

  const losses = () => {
    const lost: string[] = [];
    return { lost, told: { lost: ({ message }: Error) => void lost.push(message) } };
  };

  it('at-least-once: a member of an old generation has appended, and its commit is refused', async () => {
    const { topic, output, group, partition, member, handler, position } = await copying();
    const { generation } = member.membership;
    const slow: Handler = {
      handle: async (...given) => {
        await join(group, topic);
        await until(() => member.membership.generation > generation);
        return handler.handle(...given);
      },
    };
    const processor = new AtLeastOnceProcessor(partition, slow);
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 0n]]));
    await expect(processor.process(batch(topic, 0n, 'a'), signal)).rejects.toMatchObject({
      code: 'ILLEGAL_GENERATION',
    });
    expect(await logEnd(client, output, 0)).toBe(1n);
    expect(await position()).toBe(0n);
  });

  it('at-least-once: a process whose name was taken over is refused by that name', async () => {
    const { topic, group, partition, handler, position } = await copying('atelier-1');
    const slow: Handler = {
      handle: async (...given) => {
        await join(group, topic, 'atelier-1');
        return handler.handle(...given);
      },
    };
    const processor = new AtLeastOnceProcessor(partition, slow);
    await processor.assign(signal);
    await expect(processor.process(batch(topic, 0n, 'a'), signal)).rejects.toMatchObject({
      code: 'FENCED_INSTANCE_ID',
    });
    expect(await position()).toBe(0n);
  });

  it('at-most-once: what was fetched in an old generation is not handled, although the partition is here again', async () => {
    const { topic, group, partition, member, handler, handled, position } = await copying();
    const { lost, told } = losses();
    const processor = new AtMostOnceProcessor(partition, handler, told);
    await processor.assign(signal);
    const other = await join(group, topic);
    await other.stop();
    await until(() => member.confirmOwnership(topic, 0, signal).then(Boolean, () => false));
    await expect(processor.process(batch(topic, 0n, 'a'), signal)).rejects.toMatchObject({
      code: 'ILLEGAL_GENERATION',
    });
    expect([handled, lost, await position()]).toEqual([[], [], 0n]);
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 0n]]));
    await processor.process(batch(topic, 0n, 'a'), signal);
    expect([handled, lost, await position()]).toEqual([['a'], [], 1n]);
  });

  it('at-most-once: a batch that cannot be appended is lost and told, and never handled again', async () => {
    const { topic, partition, handler, handled, output, position } = await copying();
    const { lost, told } = losses();
    const processor = new AtMostOnceProcessor(partition, handler, told);
    await processor.assign(signal);
    const large = randomBytes(1_200_000).toString('base64');
    await expect(processor.process(batch(topic, 0n, large), signal)).rejects.toMatchObject({
      code: 'RECORDS_LOST',
      cause: { code: 'MESSAGE_TOO_LARGE' },
    });
    expect(await position()).toBe(1n);
    expect(lost).toEqual([expect.stringMatching(`Offsets 0 to 0 of ${topic}-0 may be lost`)]);
    await partition.commit(topic, 0n, (await partition.positions([topic], signal)).membership);
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 1n]]));
    await processor.process(batch(topic, 1n, 'b'), signal);
    expect([handled, await logEnd(client, output, 0)]).toEqual([[large, 'b'], 1n]);
  });

  it('at-most-once: a commit whose answer was lost is not handled, and is told', async () => {
    const { topic, partition, handler, handled, own } = await copying();
    const { lost, told } = losses();
    const processor = new AtMostOnceProcessor(partition, handler, told);
    await processor.assign(signal);
    const exchange = own.exchange.bind(own);
    own.exchange = async <T>(...request: Parameters<typeof exchange>): Promise<T> => {
      await exchange(...request);
      throw new KafkaError('CONNECTION', 'the connection broke', { retryable: true });
    };
    await expect(processor.process(batch(topic, 0n, 'a', 'b'), signal)).rejects.toMatchObject({
      code: 'CONNECTION',
    });
    own.exchange = exchange;
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 2n]]));
    expect(handled).toEqual([]);
    expect(lost).toEqual([expect.stringMatching(`Offsets 0 to 1 of ${topic}-0 may be lost`)]);
  });

  it('a handler that answers too late publishes nothing, and is told as a loss under at-most-once', async () => {
    const { topic, output, partition, handler, position } = await copying();
    const { lost, told } = losses();
    const late = () => {
      throw new Error('too late');
    };
    const least = new AtLeastOnceProcessor(partition, handler);
    await least.assign(signal);
    await expect(least.process(batch(topic, 0n, 'a'), signal, late)).rejects.toThrow('too late');
    expect(await position()).toBe(0n);
    const most = new AtMostOnceProcessor(partition, handler, told);
    await most.assign(signal);
    await expect(most.process(batch(topic, 0n, 'a'), signal, late)).rejects.toThrow('too late');
    expect([await position(), lost.length, await logEnd(client, output, 0)]).toEqual([1n, 1, 0n]);
  });

  it('at-most-once: what a handler hangs on is told as lost at the next assignment, and not handled again', async () => {
    const { topic, partition, position } = await copying();
    const { lost, told } = losses();
    const hung = Promise.withResolvers<never>();
    const processor = new AtMostOnceProcessor(partition, { handle: () => hung.promise }, told);
    await processor.assign(signal);
    const processing = processor.process(batch(topic, 0n, 'a'), signal);
    await until(async () => (await position()) === 1n);
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 1n]]));
    expect(lost).toEqual([expect.stringMatching(`Offsets 0 to 0 of ${topic}-0 may be lost`)]);
    hung.reject(new Error('it came back'));
    await expect(processing).rejects.toThrow('it came back');
    expect(lost).toHaveLength(1);
  });

  it('a rest that a handler leaves is behind the position under at-most-once, and before it under at-least-once', async () => {
    const { topic, partition, handler, handled, position } = await copying();
    const single: Handler = {
      handle: async ([first, ...rest], ...given) => ({
        ...(await handler.handle(first ? [first] : [], ...given)),
        rest,
      }),
    };
    const least = new AtLeastOnceProcessor(partition, single);
    await least.assign(signal);
    const rest = await least.process(batch(topic, 0n, 'a', 'b', 'c'), signal);
    expect([handled, rest.length, await position()]).toEqual([['a'], 2, 1n]);
    const most = new AtMostOnceProcessor(partition, single, losses().told);
    await most.assign(signal);
    expect(await most.process({ topic, records: rest, nextOffset: 3n }, signal)).toEqual([]);
    expect([handled, await position()]).toEqual([['a', 'b', 'c'], 3n]);
  });

  it('commits what several partitions have in one request, and tells each what was said of its own', async () => {
    const topics = [await scratchTopic(client, 3), await scratchTopic(client, 2)] as const;
    const group = scratchName('group');
    const own = sibling();
    const exchange = own.exchange.bind(own);
    const requests: unknown[] = [];
    own.exchange = <T>(...request: Parameters<typeof exchange>): Promise<T> => {
      requests.push(request);
      return exchange<T>(...request);
    };
    const cluster = new KafkaCluster(own);
    const nobody = { group, memberId: '', generation: -1, instanceId: undefined };
    const commit = (topic: string, partition: number) =>
      cluster.commit({ ...nobody, topic, partition, offset: BigInt(partition + 1) });
    const [three, two] = topics;
    const all = [commit(two, 0), commit(three, 0), commit(three, 1), commit(three, 2), commit(two, 1)];
    await Promise.all(all);
    expect(requests).toHaveLength(2);
    const stored = (topic: string, partition: number) => committedOffset(client, group, topic, partition);
    expect(await Promise.all([0, 1, 2].map((partition) => stored(three, partition)))).toEqual([1n, 2n, 3n]);
    expect(await Promise.all([0, 1].map((partition) => stored(two, partition)))).toEqual([1n, 2n]);
  });
});

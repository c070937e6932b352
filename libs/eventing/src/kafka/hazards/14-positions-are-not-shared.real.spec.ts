import { KafkaCluster } from '../kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import {
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 14: a position is what the broker has committed', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('and not what an aborted transaction of the same process wanted it to be', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const member = await joinedMember(client.sibling('member'), group, topic);
    let failing = true;
    const failpoint = async (name: string) => {
      if (failing && name === 'after-offsets') throw new Error('before the commit');
    };
    const handler = { handle: async () => ({ output: [] }) };
    const where = { group, topic, partition: 0 };
    const processor = transactionalOn(new KafkaCluster(client.sibling('worker')), member, handler, {
      ...where,
      failpoint,
    });
    const signal = patience();
    await processor.assign(signal);
    const batch = { topic, records: [], nextOffset: 7n };
    await expect(processor.process(batch, signal)).rejects.toThrow('before the commit');
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 0n]]));
    failing = false;
    await new LogAppender(client).append(record(topic, 'x'));
    await processor.process({ topic, records: [], nextOffset: 1n }, signal);
    expect(await processor.assign(signal)).toEqual(new Map([[topic, 1n]]));
    await processor.close();
    await member.stop();
  });

  it('and not that of another group in the same process', async () => {
    const topic = await scratchTopic(client);
    const [quick, stuck] = [await scratchGroup(client, topic), await scratchGroup(client, topic)];
    const handled: string[] = [];
    const consumers = [quick, stuck].map((group) =>
      runGroup(client, {
        group,
        topic,
        handle: async () => {
          handled.push(group);
          if (group === stuck) throw new Error('not yet');
          return { output: [] };
        },
      }),
    );
    await new LogAppender(client).append(record(topic, 'x'));
    await until(async () => (await committedOffset(client, quick, topic, 0)) === 1n);
    await until(() => handled.filter((group) => group === stuck).length >= 2);
    expect(await committedOffset(client, stuck, topic, 0)).toBe(0n);
    expect(handled.filter((group) => group === quick)).toHaveLength(1);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });

  it.each([
    ['takes', 'for committed with one instance', 0n, true],
    ['does not take', 'for committed with two instances', 1n, false],
  ])('KafkaJS %s an aborted position %s (negative control)', async (_, __, committed, shared) => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    await new LogAppender(client).append(record(topic, 'x'));
    const kafka = plainKafka();
    await consumeAndAbort(kafka, shared ? kafka : plainKafka(), group, topic);
    expect(await committedOffset(client, group, topic, 0)).toBe(committed);
  });

  /** Commits by itself what was handled; the handler has a transaction about the same position, which it aborts. */
  async function consumeAndAbort(kafka: Kafka, other: Kafka, group: string, topic: string): Promise<void> {
    const producer = other.producer({
      transactionalId: scratchName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    const consumer = kafka.consumer({ groupId: group });
    const handled = new Promise((resolve) => consumer.on('consumer.end_batch_process', resolve));
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async () => {
        const transaction = await producer.transaction();
        const topics = [{ topic, partitions: [{ partition: 0, offset: '1' }] }];
        await transaction.sendOffsets({ consumerGroupId: group, topics });
        await transaction.abort();
      },
    });
    await handled;
    await consumer.disconnect();
    await producer.disconnect();
  }
});

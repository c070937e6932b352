import { KafkaCluster } from '../kafka-cluster.ts';
import { readPartition } from '../reading/partition-reader.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { commitOffsets, committedOffset, stableEnd } from '../groups/stored-positions.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { api, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { plainKafka } from './plain-kafka.ts';
import {
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../../fixtures/scratch-broker.ts';

describe('hazard 3: fencing without KIP-447 in the client', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  const idle = { handle: async () => ({ output: [] }) };

  it('reads the position only after the open transaction of an owner that is gone was aborted', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    const service = scratchName('service');
    const transactionalId = `${service}/gone`;
    await commitOffsets(client, scratchName('other'), [{ topic, partition: 0, offset: 0n }]);
    const setup = new TransactionalProducer(client.sibling('setup'), { transactionalId });
    await setup.fence();
    await setup.transact([
      {
        records: [record(topic, 'committed')],
        position: {
          group,
          topic,
          partition: 0,
          offset: 1n,
          ...member.membership,
        },
      },
    ]);

    const stuck = new Promise<void>(() => undefined);
    let reached: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (reached = resolve));
    const failpoint = async (name: string) => {
      if (name !== 'before-commit') return;
      reached();
      await stuck;
    };
    const previous = new TransactionalProducer(client.sibling('previous'), { transactionalId, failpoint });
    await previous.fence();
    void previous.transact([
      {
        records: [record(topic, 'hanging')],
        position: {
          group,
          topic,
          partition: 0,
          offset: 2n,
          ...member.membership,
        },
      },
    ]);
    await open;

    const next = transactionalOn(new KafkaCluster(client.sibling('next')), member, idle, {
      group,
      topic,
      partition: 0,
      service,
    });
    expect(await next.assign(patience())).toEqual(new Map([[topic, 1n]]));
    expect(await read(topic)).toEqual(['committed']);
    await member.stop();
  });

  it('has the broker refuse a position from an older generation', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    const producer = new TransactionalProducer(client.sibling('producer'), {
      transactionalId: scratchName('tx'),
    });
    await producer.fence();
    const { memberId, generation } = member.membership;
    const stale = producer.transact([
      {
        records: [record(topic, 'x')],
        position: {
          group,
          topic,
          partition: 0,
          offset: 1n,
          memberId,
          generation: generation - 1,
        },
      },
    ]);
    await expect(stale).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION' });
    expect(await committedOffset(client, group, topic, 0)).toBe(-1n);
    expect(await read(topic)).toEqual([]);
    await member.stop();
  });

  it('while KafkaJS takes an epoch only with its first transaction, long after it consumes (negative control)', async () => {
    const proxy = await RefusingProxy.start();
    const topic = await scratchTopic(client);
    await new LogAppender(client).append(record(topic, 'x'));
    const transactionalId = scratchName('tx');
    const epochs = () =>
      proxy.seen.filter(
        ({ apiKey, body }) => apiKey === api.initProducerId && body.includes(transactionalId),
      );
    const kafka = plainKafka({ brokers: proxy.brokers });
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
    const consumer = kafka.consumer({ groupId: scratchName('plain') });
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic, fromBeginning: true });
    const handled = new Promise((resolve) => {
      void consumer.run({ eachMessage: async () => resolve(undefined) });
    });
    await handled;
    expect(epochs()).toHaveLength(0);
    await (await producer.transaction()).abort();
    expect(epochs()).toHaveLength(1);
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
    await proxy.close();
  });

  async function read(topic: string): Promise<string[]> {
    const values: string[] = [];
    const to = await stableEnd(client, topic, 0);
    for await (const { records } of readPartition(client.sibling('reader'), topic, 0, {
      from: 0n,
      to,
      signal: patience(),
    })) {
      values.push(...records.map(({ value }) => String(value)));
    }
    return values;
  }
});

import { describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { Fetcher } from '../reading/fetcher.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { api, type RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { joinedMember, record, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runWorker, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { behindProxy } from './behind-proxy.ts';
import { plainKafka } from './plain-kafka.ts';

/** Heartbeats come ten times in a session: more of them than that, and it has been outlived. */
const BEATS_OF_A_SESSION = 10;

describe('hazard 12: a slow handler', () => {
  it.concurrent('stops neither the fetching of other partitions nor the heartbeats', () =>
    behindProxy(async ({ proxy, client }) => {
      const topic = await scratchTopic(client, 2);
      const group = await scratchGroup(client, topic);
      const member = await joinedMember(client.sibling('member'), group, topic, 2_500);
      const before = member.membership;
      const fetcher = new Fetcher(client.sibling('fetcher'));
      const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
      let started = false;
      const handle = async ([first]: readonly ConsumedRecord[]) => {
        started ||= first?.partition === 0;
        if (first?.partition === 0) await slow;
        return { output: [] };
      };
      const workers = [0, 1].map((partition) =>
        runWorker(client, member, { group, topic, partition, handle }, fetcher),
      );
      const appender = new LogAppender(client);
      await appender.append(record(topic, 'slow', 0));
      await until(() => started);
      const beats = proxy.count(api.heartbeat);
      for (let offset = 1n; proxy.count(api.heartbeat) <= beats + 2 * BEATS_OF_A_SESSION; offset++) {
        await appender.append(record(topic, 'quick', 1));
        await until(async () => (await committedOffset(client, group, topic, 1)) === offset);
      }
      expect(await committedOffset(client, group, topic, 0)).toBe(0n);
      expect(member.membership).toEqual(before);

      finish();
      await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
      expect(member.membership).toEqual(before);
      await Promise.all(workers.map((worker) => worker.stop()));
      await fetcher.close();
      await member.stop();
    }),
  );

  it.concurrent('but stops the fetching of KafkaJS from its whole broker (negative control)', () =>
    behindProxy(async ({ proxy, client }) => {
      const topic = await scratchTopic(client, 2);
      const group = await scratchGroup(client, topic);
      const consumer = plainKafka({ brokers: proxy.brokers }).consumer({
        groupId: group,
        heartbeatInterval: 100,
        maxWaitTimeInMs: 50,
      });
      const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
      let started = false;
      const quick: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        partitionsConsumedConcurrently: 2,
        eachMessage: async ({ partition, message }) => {
          started ||= partition === 0;
          if (partition === 0) await slow;
          else quick.push(String(message.value));
        },
      });
      const appender = new LogAppender(client);
      await appender.append(record(topic, 'slow', 0));
      await until(() => started);
      await appender.append(record(topic, 'quick', 1));
      const fetches = () => proxy.count(api.fetch, 'plain');
      const before = fetches();
      await fetchTwentyTimes({ proxy, client }, topic);
      expect(fetches()).toBe(before);
      expect(quick).toEqual([]);
      finish();
      await until(() => quick.length === 1);
      await consumer.disconnect();
    }),
  );

  /** Time enough for anybody else who wanted to fetch. */
  async function fetchTwentyTimes(
    { proxy, client }: { proxy: RefusingProxy; client: KafkaClient },
    topic: string,
  ): Promise<void> {
    const name = scratchName('reader');
    const reader = proxy.client(name);
    const group = await scratchGroup(client, topic);
    const member = await joinedMember(client.sibling('reader-member'), group, topic);
    const fetcher = new Fetcher(reader);
    const worker = runWorker(client, member, { group, topic, handle: async () => ({ output: [] }) }, fetcher);
    await until(() => proxy.count(api.fetch, name) >= 20);
    await worker.stop();
    await fetcher.close();
    await Promise.all([member.stop(), reader.close()]);
  }
});

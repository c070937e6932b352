import { describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { Fetcher } from '../reading/fetcher.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { PartitionFeed } from '../../engine/worker/partition-feed.ts';
import { api, type RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { patience, record, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { behindProxy } from './behind-proxy.ts';
import { plainKafka } from './plain-kafka.ts';

const LONG_MS = 5_000;

describe('hazard 13: a fetcher without anything to fetch', () => {
  const next = (feed: PartitionFeed) => feed.next(10, patience());

  /** A topic that holds one record. */
  async function filled(client: KafkaClient): Promise<string> {
    const topic = await scratchTopic(client);
    await new LogAppender(client).append(record(topic, 'x'));
    return topic;
  }

  it.concurrent('asks for nothing, and brings what is wanted at once', () =>
    behindProxy(async ({ proxy, client }) => {
      const topic = await filled(client);
      const [own, other] = [proxy.client('idle'), proxy.client('held')];
      const [fetcher, holding] = [own, other].map((each) => new Fetcher(each, { maxWaitMs: LONG_MS }));
      const [feed, end] = [new PartitionFeed(topic, 0, 1), new PartitionFeed(topic, 0)];
      fetcher?.add(feed);
      holding?.add(end);
      await own.topic(topic);
      // The broker holds this one for as long as it may: what comes before it is answered did not wait that long.
      end.seek(1n);
      await until(() => proxy.count(api.fetch, 'held') === 1);
      expect(proxy.count(api.fetch, 'idle')).toBe(0);
      feed.seek(0n);
      await until(() => feed.position === 1n);
      expect(proxy.count(api.fetch, 'idle')).toBe(1);
      expect(proxy.count(api.fetch, 'held')).toBe(1);
      for (const each of [own, other]) await each.close();
      await Promise.all([fetcher?.close(), holding?.close()]);
    }),
  );

  it.concurrent('goes on where a paused partition is told to, and where a full one was emptied', () =>
    behindProxy(async ({ client }) => {
      const topic = await filled(client);
      const fetcher = new Fetcher(client);
      const feed = new PartitionFeed(topic, 0, 1);
      fetcher.add(feed);
      for (let round = 0; round < 3; round++) {
        feed.seek(0n);
        expect((await next(feed)).records).toHaveLength(1);
        feed.pause();
      }
      feed.seek(0n);
      await next(feed);
      await new LogAppender(client).append(record(topic, 'y'));
      expect((await next(feed)).records.map(({ value }) => String(value))).toEqual(['y']);
      await fetcher.close();
    }),
  );

  it.concurrent('but that of KafkaJS sleeps on after a partition is resumed (negative control)', () =>
    behindProxy(async ({ proxy, client }) => {
      const topic = await filled(client);
      const consumer = plainKafka({ brokers: proxy.brokers }).consumer({
        groupId: scratchName('plain'),
        maxWaitTimeInMs: LONG_MS,
      });
      const values: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      let paused = false;
      const sleeping = new Promise<void>((resolve) =>
        consumer.on('consumer.fetch_start', () => {
          if (paused) resolve();
        }),
      );
      await consumer.run({
        eachMessage: async ({ message }) => {
          values.push(String(message.value));
          consumer.pause([{ topic }]);
          paused = true;
        },
      });
      await sleeping;
      await new LogAppender(client).append(record(topic, 'y'));
      const fetches = proxy.count(api.fetch, 'plain');
      consumer.resume([{ topic }]);
      for (let round = 0; round < 3; round++) await readOnce(proxy, topic);
      expect(proxy.count(api.fetch, 'plain')).toBe(fetches);
      expect(values).toEqual(['x']);
      await until(() => values.length === 2);
      await consumer.disconnect();
    }),
  );

  async function readOnce(proxy: RefusingProxy, topic: string): Promise<void> {
    const reader = proxy.client('reader');
    const fetcher = new Fetcher(reader, { maxWaitMs: 10 });
    const feed = new PartitionFeed(topic, 0);
    fetcher.add(feed);
    feed.seek(0n);
    await next(feed);
    fetcher.remove(feed);
    await fetcher.close();
    await reader.close();
  }
});

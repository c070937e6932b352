import { describe, expect, it } from '@jest/globals';
import { LogAppender } from '../producing/log-appender.ts';
import { logEnd } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { api, errorAnswer, initAnswer, produceAnswer } from '../../../fixtures/refusing-proxy.ts';
import { record, scratchName, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { behindProxy } from './behind-proxy.ts';
import { plainKafka } from './plain-kafka.ts';

const NOT_LEADER = 6;
const LOADING = 14;
const NOT_COORDINATOR = 16;

describe('hazard 7: what may pass is asked again for a time, not for a number of times', () => {
  it.concurrent.each([
    ['is loading', LOADING],
    ['has moved', NOT_COORDINATOR],
  ])('fences when the coordinator %s for twelve requests', (_, code) =>
    behindProxy(async ({ proxy, client }) => {
      proxy.refuse(api.initProducerId, initAnswer(code), 12);
      await new TransactionalProducer(client, { transactionalId: scratchName('tx') }).fence();
      expect(proxy.count(api.initProducerId)).toBe(13);
    }),
  );

  it.concurrent('writes once when the leader refuses eight times', () =>
    behindProxy(async ({ proxy, client }) => {
      const topic = await scratchTopic(client);
      proxy.refuse(api.produce, produceAnswer(topic, NOT_LEADER), 8);
      await new LogAppender(client, 20_000).append(record(topic, 'x'));
      expect(proxy.count(api.produce)).toBe(9);
      expect(await logEnd(client, topic, 0)).toBe(1n);
    }),
  );

  it.concurrent('gives up when the time is over, however many requests that were', () =>
    behindProxy(async ({ proxy, client }) => {
      const producer = new TransactionalProducer(client, {
        transactionalId: scratchName('tx'),
        transactionTimeoutMs: 3_000,
        version: 1,
      });
      await producer.fence();
      proxy.refuse(api.addOffsetsToTxn, errorAnswer(LOADING), Infinity);
      const position = { group: scratchName('group'), topic: 'none', partition: 0, offset: 1n };
      const committing = producer.transact([
        { records: [], position: { ...position, memberId: '', generation: -1 } },
      ]);
      await expect(committing).rejects.toMatchObject({ code: 'GROUP_LOAD_IN_PROGRESS' });
      expect(proxy.count(api.addOffsetsToTxn)).toBeGreaterThan(6);
    }),
  );

  it.concurrent(
    'although an idempotent producer of KafkaJS gives up after a number of retries (negative control)',
    () =>
      behindProxy(async ({ proxy, client }) => {
        const topic = await scratchTopic(client);
        // Its documentation promises to go on for ever. It has 5 retries, or 15 where NODE_ENV is test.
        const producer = plainKafka({ brokers: proxy.brokers }).producer({ idempotent: true });
        await producer.connect();
        proxy.refuse(api.produce, produceAnswer(topic, NOT_LEADER), Infinity);
        const sending = producer.send({ topic, messages: [{ value: 'x' }] });
        await expect(sending).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded' });
        await producer.disconnect();
      }),
  );
});

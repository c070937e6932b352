import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { Writer } from '../wire/writer.ts';
import { api, produceAnswer, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { joinedMember, record, scratchName, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

const CONCURRENT_TRANSACTIONS = 51;

describe.each([1, 2] as const)(
  'hazard 8, version %d: a transaction hardly waits for the end of the one before',
  (version) => {
    let proxy: RefusingProxy;
    let client: KafkaClient;
    beforeEach(async () => {
      proxy = await RefusingProxy.start();
      client = proxy.client();
    });
    afterEach(async () => {
      await client.close();
      await proxy.close();
    });

    /** Transactions of ours, one after the other, each told once that the one before is still ending if so wanted. */
    async function ours(topic: string, refused = true) {
      const group = scratchName('group');
      const member = await joinedMember(client.sibling('member'), group, topic);
      const producer = new TransactionalProducer(client, { transactionalId: scratchName('tx'), version });
      await producer.fence();
      let offset = 0n;
      return {
        group,
        next: async () => {
          if (refused) refuseOnce(topic);
          const position = { group, topic, partition: 0, offset: ++offset, ...member.membership };
          await producer.transact([{ records: [record(topic, 'x')], position }]);
        },
        close: () => member.stop(),
      };
    }

    /** In version 2, Produce is the request that enrols. */
    function refuseOnce(topic: string): void {
      if (version === 2) proxy.refuse(api.produce, produceAnswer(topic, CONCURRENT_TRANSACTIONS));
      else proxy.refuse(api.addPartitionsToTxn, () => concurrent(topic));
    }

    it('and commits, although the coordinator is still ending the one before', async () => {
      const topic = await scratchTopic(client);
      const { group, next, close } = await ours(topic, false);
      for (let i = 0; i < 100; i++) await next();
      expect(await committedOffset(client, group, topic, 0)).toBe(100n);
      await close();
    });

    it('is told to wait, asks once more, and is through', async () => {
      const topic = await scratchTopic(client);
      const { group, next, close } = await ours(topic);
      for (let i = 0; i < 20; i++) await next();
      expect(await committedOffset(client, group, topic, 0)).toBe(20n);
      expect(proxy.seen.filter(({ refused }) => refused)).toHaveLength(20);
      await close();
    });

    it('and commits more than once while KafkaJS waits out its first retry (negative control)', async () => {
      const topic = await scratchTopic(client);
      const { next, close } = await ours(topic);
      const producer = plainKafka({ brokers: proxy.brokers, retry: { initialRetryTime: 300 } }).producer({
        transactionalId: scratchName('tx'),
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      await producer.send({ topic: await scratchTopic(client), messages: [{ value: 'connects' }] });
      const open = await producer.transaction();
      proxy.refuse(api.addPartitionsToTxn, () => concurrent(topic));
      const refused = proxy.seen.length;
      let waiting = true;
      const sending = open.send({ topic, messages: [{ value: 'x' }] }).finally(() => (waiting = false));
      while (!proxy.seen.slice(refused).some((request) => request.refused)) await new Promise(setImmediate);
      let committed = 0;
      for (; waiting; committed++) await next();
      await sending;
      expect(committed).toBeGreaterThan(2);
      await open.commit();
      await Promise.all([producer.disconnect(), close()]);
    });
  },
);

/** AddPartitionsToTxn versions 0 and 1, for partition 0. */
function concurrent(topic: string): Buffer {
  const writer = new Writer().int32(0).int32(1).string(topic);
  return writer.int32(1).int32(0).int16(CONCURRENT_TRANSACTIONS).slice(0);
}

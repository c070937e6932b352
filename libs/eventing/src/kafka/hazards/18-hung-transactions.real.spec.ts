import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { logEnd, stableEnd } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import {
  joinedMember,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 18: a hung transaction hides the records of others behind it', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('so a handler that hangs has none open', async () => {
    const [from, to] = [await scratchTopic(client), await scratchTopic(client)];
    const group = await scratchGroup(client, from);
    const { promise: hung, resolve: finish } = Promise.withResolvers<void>();
    let started = false;
    const consumer = runGroup(client, {
      group,
      topic: from,
      handle: async () => {
        started = true;
        await hung;
        return { output: [record(to, 'late')] };
      },
    });
    const appender = new LogAppender(client);
    await appender.append(record(from, 'x'));
    await until(() => started);
    for (let end = 1n; end <= 3n; end++) {
      for (const topic of [from, to]) await appender.append(record(topic, 'of others'));
      expect(await stableEnd(client, to, 0)).toBe(end);
      expect(await stableEnd(client, from, 0)).toBe(end + 1n);
    }
    finish();
    await until(async () => (await stableEnd(client, to, 0)) >= 5n);
    await consumer.stop();
  });

  it('and one that was left open is ended by the broker after its timeout', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const member = await joinedMember(client.sibling('member'), group, topic);
    let reached = false;
    const producer = new TransactionalProducer(client.sibling('producer'), {
      transactionalId: scratchName('tx'),
      transactionTimeoutMs: 1_000,
      failpoint: async (name) => {
        if (name !== 'before-commit') return;
        reached = true;
        await new Promise(() => undefined);
      },
    });
    await producer.fence();
    const position = { group, topic, partition: 0, offset: 1n, ...member.membership };
    void producer.transact([{ records: [record(topic, 'hung')], position }]);
    await until(() => reached);
    await new LogAppender(client).append(record(topic, 'of others'));
    expect(await stableEnd(client, topic, 0)).toBe(0n);
    await until(async () => (await stableEnd(client, topic, 0)) === (await logEnd(client, topic, 0)));
    await member.stop();
  });

  it('while a handler that sends through KafkaJS first, and then hangs, holds them back (negative control)', async () => {
    const topic = await scratchTopic(client);
    const producer = plainKafka().producer({
      transactionalId: scratchName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'first' }] });
    const appender = new LogAppender(client);
    for (let end = 2n; end <= 4n; end++) {
      await appender.append(record(topic, 'of others'));
      expect(await logEnd(client, topic, 0)).toBe(end);
      expect(await stableEnd(client, topic, 0)).toBe(0n);
    }
    await transaction.abort();
    await until(async () => (await stableEnd(client, topic, 0)) === 5n);
    await producer.disconnect();
  });
});

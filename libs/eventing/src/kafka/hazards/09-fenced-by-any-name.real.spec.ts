import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { ProducerFenced } from '../../log/errors.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { Writer } from '../wire/writer.ts';
import { api, errorAnswer, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { joinedMember, record, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runWorker, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

/** What a broker may say to a producer that was replaced, or that it has forgotten. */
const names = [
  ['INVALID_PRODUCER_EPOCH', 47],
  ['INVALID_PRODUCER_ID_MAPPING', 49],
  ['PRODUCER_FENCED', 90],
] as const;

describe('hazard 9: being fenced has several names', () => {
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

  it.each(names)('%s is ProducerFenced, and spends the producer', async (_, code) => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const member = await joinedMember(client.sibling('member'), group, topic);
    const producer = new TransactionalProducer(client, { transactionalId: scratchName('tx') });
    const position = { group, topic, partition: 0, offset: 1n, ...member.membership };
    await producer.fence();
    proxy.refuse(api.txnOffsetCommit, () => offsetCommitAnswer(topic, code));
    await expect(producer.transact([{ records: [record(topic, 'x')], position }])).rejects.toBeInstanceOf(
      ProducerFenced,
    );
    await expect(producer.transact([{ records: [record(topic, 'x')], position }])).rejects.toMatchObject({
      code: 'NOT_FENCED',
    });
    await member.stop();
  });

  it.each(names)('%s leads to a heartbeat before the next epoch is taken', async (_, code) => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    // Its own heartbeats are 60 s apart, so each that is seen here was asked for to confirm the ownership.
    const member = await joinedMember(client.sibling('member'), group, topic, 600_000);
    proxy.refuse(api.txnOffsetCommit, () => offsetCommitAnswer(topic, code));
    const worker = runWorker(client, member, { group, topic, handle: async () => ({ output: [] }) });
    await new LogAppender(client).append(record(topic, 'x'));
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    const { heartbeat, initProducerId, txnOffsetCommit } = api;
    const told: number[] = [heartbeat, initProducerId, txnOffsetCommit];
    const order = proxy.seen.map(({ apiKey }) => apiKey).filter((apiKey) => told.includes(apiKey));
    // Both ids of the process; then that of the assignment, and that of each group in which it has lanes.
    const first = [heartbeat, initProducerId, initProducerId, txnOffsetCommit];
    expect(order).toEqual([...first, heartbeat, heartbeat, initProducerId, txnOffsetCommit]);
    await worker.stop();
    await member.stop();
  });

  it('but KafkaJS keeps the producer, which is stuck and takes no new epoch (negative control)', async () => {
    const topic = await scratchTopic(client);
    const producer = plainKafka({ brokers: proxy.brokers }).producer({
      transactionalId: scratchName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const open = await producer.transaction();
    await open.send({ topic, messages: [{ value: 'x' }] });
    proxy.refuse(api.endTxn, errorAnswer(47));
    const epochs = proxy.count(api.initProducerId);
    await expect(open.commit()).rejects.toMatchObject({ type: 'INVALID_PRODUCER_EPOCH' });
    await expect(producer.transaction()).rejects.toThrow();
    expect(proxy.count(api.initProducerId)).toBe(epochs);
    await producer.disconnect();
  });
});

/** TxnOffsetCommit version 3, for partition 0. */
function offsetCommitAnswer(topic: string, code: number): Buffer {
  const writer = new Writer().uvarint(0).int32(0).uvarint(2).compactString(topic);
  return writer.uvarint(2).int32(0).int16(code).uvarint(0).uvarint(0).uvarint(0).slice(0);
}

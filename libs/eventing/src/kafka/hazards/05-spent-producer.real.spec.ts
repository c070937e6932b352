import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError } from '../client/errors.ts';
import type { Exchange, Node } from '../client/kafkajs.ts';
import { committedOffset, logEnd, stableEnd } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { api, errorAnswer, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import {
  joinedMember,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 5: after a failed transaction the producer is spent, and nothing of it counts', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('refuses to go on without a new epoch, frees the partition, and leaves the position where it was', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    let failing = true;
    const failpoint = async (name: string) => {
      if (failing && name === 'before-commit') throw new Error('the connection broke');
    };
    const producer = new TransactionalProducer(client.sibling('producer'), {
      transactionalId: scratchName('tx'),
      failpoint,
    });
    const position = { group, topic, partition: 0, offset: 5n, ...member.membership };

    await producer.fence();
    await expect(producer.transact([{ records: [record(topic, 'lost')], position }])).rejects.toThrow(
      'the connection broke',
    );
    expect(await committedOffset(client, group, topic, 0)).toBe(-1n);
    expect(await stableEnd(client, topic, 0)).toBe(await logEnd(client, topic, 0));

    failing = false;
    await expect(producer.transact([{ records: [record(topic, 'x')], position }])).rejects.toMatchObject({
      code: 'NOT_FENCED',
    });
    await producer.fence();
    await producer.transact([{ records: [record(topic, 'kept')], position }]);
    expect(await committedOffset(client, group, topic, 0)).toBe(5n);
    await member.stop();
  });

  it.each([
    ['was not carried out', 1, -1n],
    ['was carried out', 1, 5n],
    ['was not carried out', 2, -1n],
    ['was carried out', 2, 5n],
  ] as const)(
    'trusts the committed offset when a commit was not answered and %s (version %d)',
    async (_, version, committed) => {
      const [topic, group] = [await scratchTopic(client), scratchName('group')];
      const member = await joinedMember(client.sibling('member'), group, topic);
      const producerClient = client.sibling('producer');
      const commits = loseAnswerToCommit(producerClient, committed === 5n);
      const producer = new TransactionalProducer(producerClient, {
        transactionalId: scratchName('tx'),
        version,
      });
      await producer.fence();
      const position = { group, topic, partition: 0, offset: 5n, ...member.membership };
      await expect(producer.transact([{ records: [record(topic, 'x')], position }])).rejects.toMatchObject({
        code: 'COMMIT_UNKNOWN',
      });
      expect(commits()).toBe(1);
      await producer.fence();
      expect(await committedOffset(client, group, topic, 0)).toBe(committed);
      await producer.transact([{ records: [record(topic, 'next')], position: { ...position, offset: 6n } }]);
      expect(await committedOffset(client, group, topic, 0)).toBe(6n);
      await member.stop();
    },
  );

  it('although KafkaJS is stuck for good, neither committing nor aborting nor beginning (negative control)', async () => {
    const proxy = await RefusingProxy.start();
    const topic = await scratchTopic(client);
    const producer = plainKafka({ brokers: proxy.brokers }).producer({
      transactionalId: scratchName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'x' }] });
    const NOT_COORDINATOR = 16;
    proxy.refuse(api.endTxn, errorAnswer(NOT_COORDINATOR));
    await expect(transaction.commit()).rejects.toMatchObject({ type: 'NOT_COORDINATOR_FOR_GROUP' });
    await expect(transaction.commit()).rejects.toThrow();
    await expect(transaction.abort()).rejects.toThrow();
    await expect(producer.transaction()).rejects.toThrow();
    expect(proxy.count(api.endTxn)).toBe(1);
    await producer.disconnect();
    await proxy.close();
  });
});

/** Loses the answer to the first commit, after or before it reaches the broker; counts the commits that were asked for. */
function loseAnswerToCommit(client: KafkaClient, arrives: boolean): () => number {
  let commits = 0;
  const [call, exchange] = [client.call.bind(client), client.exchange.bind(client)];
  const losing = async <T>(commit: boolean, send: () => Promise<T>): Promise<T> => {
    if (!commit || ++commits > 1) return send();
    if (arrives) await send();
    throw new KafkaError('CONNECTION', 'the connection broke', { retryable: true });
  };
  // Version 1 of transactions asks through `call`, whose requests KafkaJS encodes; version 2 through `exchange`.
  client.call = <T>(nodeId: number, name: string, args: object) => {
    const commit = name === 'EndTxn' && (args as { transactionResult: boolean }).transactionResult;
    return losing<T>(commit, () => call(nodeId, name, args));
  };
  client.exchange = async <T>(nodeId: number, request: Exchange | ((node: Node) => Exchange)) =>
    losing<T>(await isCommit(request), () => exchange(nodeId, request));
  return () => commits;
}

/** EndTxn ends with whether it commits, and no tagged fields. */
async function isCommit(request: Exchange | ((node: Node) => Exchange)): Promise<boolean> {
  if (typeof request === 'function' || request.request.apiName !== 'EndTxn') return false;
  return (await request.request.encode()).buffer.at(-2) === 1;
}

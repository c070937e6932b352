import { LogError } from '../../../libs/eventing/src/log/errors.ts';
import { describe, expect, it } from '@jest/globals';
import { KafkaClient, KafkaError, TransactionalProducer } from '@atelier/eventing/kafka';
import { isUnanswered } from '@atelier/eventing/log';
import {
  brokers,
  joinedMember,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../../libs/eventing/fixtures/scratch-broker.ts';
import { committedValues } from './committed-values.ts';
import { endTxn, endTxnError, KafkaRequests } from './kafka-requests.ts';
import { proxiedClient } from './proxied-client.ts';
import { TcpProxy } from './tcp-proxy.ts';

const REQUEST_TIMEOUT_MS = 2_000;
const NONE = 0;
/** Versions of transactions, and how brokers refuse an epoch that is over. */
const versions = [
  [1, 47],
  [2, 90],
] as const;

/** Each waits until a request is given up, so they do at once, over a network of their own. */
describe('KAFKA-17754: an EndTxn that was delayed on the network', () => {
  /**
   * A transaction whose EndTxn is held, what its owner does about it, and a second transaction in which the held
   * EndTxn arrives before the owner ends it. Answers what the broker said to it, and what was committed.
   */
  async function twoTransactions(
    version: 1 | 2,
    first: 'commit' | 'abort',
    second: 'commit' | 'abort',
    prepare: (client: KafkaClient) => void = () => undefined,
  ) {
    const { direct, requests, client, close } = await network();
    prepare(client);
    const [topic, group] = [await scratchTopic(direct), scratchName('group')];
    const member = await joinedMember(direct.sibling('member'), group, topic);
    let beforeCommit = async () => undefined as void;
    const producer = new TransactionalProducer(client, {
      transactionalId: scratchName('tx'),
      version,
      failpoint: async (name) => (name === 'before-commit' ? beforeCommit() : undefined),
    });
    const transact = (offset: bigint, values: readonly string[]) =>
      producer.transact([
        {
          records: values.map((value) => record(topic, value)),
          position: { group, topic, partition: 0, offset, ...member.membership },
        },
      ]);
    const giveUp = async () => Promise.reject(new Error('the handler failed'));
    await producer.fence();

    const held = requests.hold(endTxn);
    if (first === 'abort') beforeCommit = giveUp;
    // Without records, so that the second transaction's sequence numbers do not depend on the first.
    await transact(1n, []).catch(() => producer.fence());

    let answered: number | undefined;
    beforeCommit = async () => {
      const request = await held;
      answered = endTxnError(await request.forward(), request);
      if (second === 'abort') await giveUp();
    };
    const outcome = await transact(2n, ['second']).then(
      () => 'committed',
      (error: Error) => error,
    );
    const committed = await committedValues(direct, topic);
    await member.stop();
    await close();
    return { answered, outcome, committed };
  }

  it.concurrent.each(versions)(
    'that commits does not commit a later transaction, which is aborted (version %d)',
    async (version, refused) => {
      const result = await twoTransactions(version, 'commit', 'abort');
      const outcome = { message: 'the handler failed' };
      expect(result).toMatchObject({ answered: refused, outcome, committed: [] });
    },
  );

  it.concurrent.each(versions)(
    'that commits leaves a later transaction alone, which commits (version %d)',
    async (version, refused) => {
      const result = await twoTransactions(version, 'commit', 'commit');
      expect(result).toEqual({
        answered: refused,
        outcome: 'committed',
        committed: ['second'],
      });
    },
  );

  it.concurrent.each(versions)(
    'that aborts does not abort a later transaction, which commits (version %d)',
    async (version, refused) => {
      const result = await twoTransactions(version, 'abort', 'commit');
      expect(result).toEqual({
        answered: refused,
        outcome: 'committed',
        committed: ['second'],
      });
    },
  );

  it.concurrent(
    'commits a later transaction that was aborted, if the epoch outlives an unanswered EndTxn (negative control)',
    async () => {
      const result = await twoTransactions(1, 'commit', 'abort', keepEpoch);
      const outcome = { message: 'the handler failed' };
      expect(result).toMatchObject({ answered: NONE, outcome, committed: ['second'] });
    },
  );

  it.concurrent(
    'aborts a later transaction that was to commit, if the epoch outlives an unanswered EndTxn (negative control)',
    async () => {
      const result = await twoTransactions(1, 'abort', 'commit', keepEpoch);
      expect(result).toMatchObject({ answered: NONE, outcome: { code: 'PRODUCER_FENCED' }, committed: [] });
    },
  );
});

/** A way to the broker on which requests can be held, and one past it. */
async function network() {
  const [host = '', port] = (brokers[0] ?? '').split(':');
  const direct = scratchClient();
  const requests = new KafkaRequests();
  const proxy = await TcpProxy.start({
    target: { host, port: Number(port) },
    intercept: requests.intercept,
  });
  const client = proxiedClient(proxy, { clientId: 'delayed', requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const close = async () => {
    await client.close();
    await direct.close();
    await proxy.close();
  };
  return { direct, requests, client, close };
}

/** Undoes what protects: an EndTxn without an answer is repeated, and every fence answers the epoch of the first. */
function keepEpoch(client: KafkaClient): void {
  const forbidden = () => new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'Not seen', { retryable: false });
  const call = client.call.bind(client);
  const topic = client.topic.bind(client);
  // Nor is it seen that something of the transaction before is still open among the positions.
  client.topic = (name) => (name === '__consumer_offsets' ? Promise.reject(forbidden()) : topic(name));
  let identity: object | undefined;
  client.call = async <T>(nodeId: number, api: string, args: object): Promise<T> => {
    if (api === 'InitProducerId') return (identity ??= await call<object>(nodeId, api, args)) as T;
    try {
      return await call<T>(nodeId, api, args);
    } catch (error) {
      const unanswered = error instanceof LogError && isUnanswered(error);
      if (api !== 'EndTxn' || !unanswered) throw error;
      return call<T>(nodeId, api, args);
    }
  };
}

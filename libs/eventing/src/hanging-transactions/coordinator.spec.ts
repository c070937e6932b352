import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../kafka/client/client.ts';
import { KafkaError } from '../kafka/client/errors.ts';
import type { TransactionDescription } from '../kafka/wire/describe-transactions.ts';
import { standingOf } from './coordinator.ts';
import type { OpenTransaction } from './hanging-transactions.ts';

const OPEN = {
  transactionalId: 'orders.decider.orders.commands.0',
  topic: 'orders.events',
  partition: 3,
  producerId: 4_711n,
} as OpenTransaction;
const OVER: TransactionDescription = {
  state: 'CompleteAbort',
  timeoutMs: 10_000,
  producerId: 4_711n,
  producerEpoch: 5,
  partitions: new Map(),
};

/** Brokers that each name somebody as the coordinator, or fail to; what the coordinators' log is, they tell nobody. */
class FakeCluster {
  /** By broker; undefined for one that does not answer. */
  coordinators: (number | undefined)[] = [2, 2, 2];
  refusal = 'TOPIC_AUTHORIZATION_FAILED';
  readonly asked: number[] = [];

  get client(): KafkaClient {
    const away = (code: string) => new KafkaError(code, code, { retryable: code === 'TIMEOUT' });
    const client = {
      currentTopic: () => Promise.reject(away(this.refusal)),
      brokerIds: async () => [...this.coordinators.keys()],
      call: async (broker: number) => {
        const nodeId = this.coordinators[broker];
        if (nodeId === undefined) throw away('TIMEOUT');
        return { coordinator: { nodeId } };
      },
      exchange: async (node: number) => {
        this.asked.push(node);
        return [OVER];
      },
    };
    return client as unknown as KafkaClient;
  }
}

describe("a coordinator, for who may not see the coordinators' log", () => {
  let cluster: FakeCluster;
  beforeEach(() => void (cluster = new FakeCluster()));
  const standing = () => standingOf(cluster.client, OPEN);

  it('is whom the brokers name (no hanging transaction was found without the right to DESCRIBE __transaction_state)', async () => {
    expect(await standing()).toEqual({ type: 'over', now: OVER });
    expect(cluster.asked).toEqual([2]);
  });

  it('is not whom one broker names that was away', async () => {
    cluster.coordinators = [0, 2, 2];
    await standing();
    cluster.coordinators = [2, undefined, 2];
    await standing();
    expect(cluster.asked).toEqual([2, 2]);
  });

  it('is nobody while most do not name the same one', async () => {
    for (const coordinators of [
      [0, undefined, 2],
      [undefined, undefined, 2],
    ]) {
      cluster.coordinators = coordinators;
      await expect(standing()).rejects.toMatchObject({ code: 'COORDINATOR_NOT_AVAILABLE', retryable: true });
    }
    expect(cluster.asked).toEqual([]);
  });

  it('is not guessed for any other reason', async () => {
    cluster.refusal = 'LEADERS_UNCONFIRMED';
    await expect(standing()).rejects.toMatchObject({ code: 'LEADERS_UNCONFIRMED' });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { LogError } from '../log/errors.ts';
import type { MemoryBroker } from '../memory/memory-broker.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import type { ClusterUnderTest, TransactionRequests } from './cluster-under-test.ts';

/** A cluster in memory for a contract suite. */
export async function memoryUnderTest(): Promise<ClusterUnderTest & { readonly cluster: MemoryCluster }> {
  const cluster = new MemoryCluster();
  const { broker } = cluster;
  let made = 0;
  return {
    cluster,
    shortestSessionMs: 30,
    topic: async (partitions = 1, name = `topic-${++made}`) => {
      broker.topics.create(name, partitions, 1_048_588);
      return name;
    },
    group: async (topic) => {
      const group = `group-${++made}`;
      for (const { partition } of broker.topics.topic(topic).partitions)
        broker.begin(group, { topic, partition });
      return group;
    },
    trim: async (before) => broker.trim(before),
    process: () => {
      const process = cluster.apart();
      return { cluster: process, pause: () => process.pause(), resume: () => process.resume() };
    },
    transactions: (transactionalId, timeoutMs = 60_000) => requestsOf(broker, transactionalId, timeoutMs),
    close: () => cluster.close(),
  };
}

async function requestsOf(
  broker: MemoryBroker,
  transactionalId: string,
  timeoutMs: number,
): Promise<TransactionRequests> {
  const { transactions } = broker;
  let identity = await patiently(() => transactions.fence(transactionalId, timeoutMs));
  await patiently(() => transactions.refuseBusy(transactionalId));
  let former = identity;
  return {
    write: async (record) => {
      const partition = broker.topics.partition(record.topic, record.partition);
      await patiently(() => transactions.enrol(transactionalId, identity, partition));
      const offset = partition.append(record, Date.now(), identity);
      broker.changed();
      return offset;
    },
    commitPosition: async (position) => {
      const group = broker.group(position.group);
      await patiently(() => transactions.enrol(transactionalId, identity, group));
      group.enrol(identity.producerId, position);
    },
    mark: async (place, outcome) => {
      const { topics } = broker;
      if ('group' in place) broker.group(place.group).mark(identity.producerId, outcome);
      else topics.partition(place.topic, place.partition).mark(identity.producerId, outcome, Date.now());
      broker.changed();
    },
    end: async (outcome) => {
      former = identity;
      identity = transactions.end(transactionalId, identity, outcome);
      broker.changed();
    },
    endAgain: async (outcome) => {
      identity = transactions.end(transactionalId, former, outcome);
    },
  };
}

/** While markers of the transaction before are under way, the next one has to wait. */
async function patiently<T>(request: () => T): Promise<T> {
  for (;;) {
    try {
      return request();
    } catch (error) {
      if (!(error instanceof LogError && error.code === 'CONCURRENT_TRANSACTIONS')) throw error;
      await sleep(1);
    }
  }
}

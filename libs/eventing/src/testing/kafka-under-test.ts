import type { KafkaClient } from '../kafka/client.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from '../kafka/coordinated-partition.ts';
import { kafkaError } from '../kafka/errors.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { protocolError } from '../kafka/kafkajs.ts';
import { isNotWritten } from '../kafka/log-appender.ts';
import { logEnd } from '../kafka/positions.ts';
import { produce } from '../kafka/produce.ts';
import { retrying } from '../kafka/retry.ts';
import { createTopics } from '../kafka/topics.ts';
import { transactionProtocol } from '../kafka/transaction-protocol.ts';
import { txnOffsetCommitExchange } from '../kafka/wire/txn-offset-commit.ts';
import { writeTxnMarkerExchange } from '../kafka/wire/write-txn-markers.ts';
import type { RecordPlace, TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';
import type {
  ClusterUnderTest,
  MarkedPlace,
  ProcessUnderTest,
  TransactionRequests,
} from './cluster-under-test.ts';
import { fencedIdentity } from './fenced-identity.ts';
import { scratchClient, scratchName } from './scratch-broker.ts';
import { scratchGroup } from './scratch-group.ts';

const PATIENCE = { forMs: 60_000, firstDelayMs: 1 };

/** The broker that the run's setup started, for a contract suite. */
export async function kafkaUnderTest(): Promise<ClusterUnderTest> {
  const client = scratchClient();
  return {
    cluster: new KafkaCluster(client),
    // Of the local stack: brokers refuse a shorter one.
    shortestSessionMs: 2_000,
    topic: async (partitions = 1, name = scratchName('scratch')) => {
      const topic = { name, partitions, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
      await createTopics(client, [topic], { factor: 1, minInSync: 1 });
      // The leader of a new partition may not know yet that it is one.
      for (let partition = 0; partition < partitions; partition++) await logEnd(client, name, partition);
      return name;
    },
    group: (topic) => scratchGroup(client, topic),
    trim: (before) => deleteRecords(client, before),
    process: (name) => processOf(client.sibling(name)),
    transactions: (transactionalId, timeoutMs = 60_000) => requestsOf(client, transactionalId, timeoutMs),
    close: () => client.close(),
  };
}

async function deleteRecords(client: KafkaClient, { topic, partition, offset }: RecordPlace): Promise<void> {
  const partitions = [{ partition, offset: String(offset) }];
  const leader = await client.leader(topic, partition);
  await client.call(leader, 'DeleteRecords', { topics: [{ topic, partitions }], timeout: 30_000 });
}

/** Joining, heartbeats and leaving go by `call`, and nothing else that matters to a group does. */
function processOf(client: KafkaClient): ProcessUnderTest {
  let paused: PromiseWithResolvers<void> | undefined;
  const call = client.call.bind(client);
  client.call = async <T>(node: number, api: string, args: object) => {
    await paused?.promise;
    return call<T>(node, api, args);
  };
  return {
    cluster: new KafkaCluster(client),
    pause: () => (paused ??= Promise.withResolvers()),
    resume: () => {
      paused?.resolve();
      paused = undefined;
    },
  };
}

/** By version 2 of transactions: each request is a client's own, repeated only where the broker has certainly done nothing. */
async function requestsOf(
  client: KafkaClient,
  transactionalId: string,
  timeoutMs: number,
): Promise<TransactionRequests> {
  const protocol = transactionProtocol(client, 2);
  let identity = await fencedIdentity(client, transactionalId, timeoutMs);
  let former = identity;
  let sequences = new Map<string, number>();
  return {
    write: async (record) => {
      const key = partitionKey(record.topic, record.partition);
      const sequence = sequences.get(key) ?? 0;
      const write = () =>
        produce(client, [record], {
          transactionalId,
          producer: { ...identity, transactional: true },
          sequences: sequences.set(key, sequence),
          timeoutMs: 10_000,
          version: protocol.produce,
        });
      const offsets = await retrying(write, { ...PATIENCE, unless: (error) => !isNotWritten(error) });
      return offsets.get(key) ?? -1n;
    },
    commitPosition: (position) =>
      retrying(async () => {
        const node = await client.coordinator('group', position.group);
        const request = txnOffsetCommitExchange(identity, position, protocol.txnOffsetCommit);
        const code = await client.exchange<number>(node, request);
        if (code !== 0) throw kafkaError(protocolError(code));
      }, PATIENCE),
    mark: async (place, outcome) => {
      const { topic, partition } = await markedPartition(client, place);
      const marker = { producerId: identity.id, producerEpoch: identity.epoch, coordinatorEpoch: 0 };
      const request = writeTxnMarkerExchange({
        topic,
        partition,
        ...marker,
        commit: outcome === 'committed',
      });
      const code = await client.exchange<number>(await client.leader(topic, partition), request);
      if (code !== 0) throw kafkaError(protocolError(code));
    },
    end: async (outcome) => {
      former = identity;
      identity = await retrying(() => protocol.end(former, outcome === 'committed'), PATIENCE);
      sequences = new Map();
    },
    endAgain: async (outcome) => {
      identity = await retrying(() => protocol.end(former, outcome === 'committed'), PATIENCE);
    },
  };
}

async function markedPartition(client: KafkaClient, place: MarkedPlace): Promise<TopicPartition> {
  if ('topic' in place) return place;
  const { leaders } = await client.topic(OFFSETS_TOPIC);
  return { topic: OFFSETS_TOPIC, partition: coordinatedPartition(place.group, leaders.length) };
}

import { membershipContract } from '../engine/membership.features.ts';
import { transactionsContract } from '../engine/transactions.features.ts';
import { scratchClient, scratchTopic } from '../testing/scratch-broker.ts';
import { scratchGroup } from '../testing/scratch-group.ts';
import type { ClusterUnderTest } from '../testing/cluster-under-test.ts';
import { KafkaCluster } from './kafka-cluster.ts';

async function kafkaUnderTest(): Promise<ClusterUnderTest> {
  const client = scratchClient();
  return {
    cluster: new KafkaCluster(client),
    topic: (partitions = 1) => scratchTopic(client, partitions),
    group: (topic) => scratchGroup(client, topic),
    close: () => client.close(),
  };
}

transactionsContract(kafkaUnderTest);
membershipContract(kafkaUnderTest);

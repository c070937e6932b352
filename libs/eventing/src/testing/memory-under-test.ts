import { MemoryCluster } from '../memory/memory-cluster.ts';
import type { ClusterUnderTest } from './cluster-under-test.ts';

/** A cluster in memory for a contract suite. */
export async function memoryUnderTest(): Promise<ClusterUnderTest & { readonly cluster: MemoryCluster }> {
  const cluster = new MemoryCluster();
  let made = 0;
  return {
    cluster,
    topic: async (partitions = 1) => {
      const name = `topic-${++made}`;
      cluster.broker.topics.create(name, partitions);
      return name;
    },
    group: async (topic) => {
      const group = `group-${++made}`;
      for (const { partition } of cluster.broker.topics.topic(topic).partitions)
        cluster.broker.begin(group, { topic, partition });
      return group;
    },
    close: () => cluster.close(),
  };
}

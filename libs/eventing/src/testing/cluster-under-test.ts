import type { Cluster } from '../engine/cluster.ts';

/** A cluster that a contract suite runs on, and what only whoever owns it can do. */
export interface ClusterUnderTest {
  readonly cluster: Cluster;
  /** Makes a topic; answers its name. */
  topic(partitions?: number): Promise<string>;
  /** Makes a group that stands at the beginning of each partition of a topic; answers its name. */
  group(topic: string): Promise<string>;
  close(): Promise<void>;
}

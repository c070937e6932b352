import type { KafkaClient } from './client.ts';
import { listEndsExchange, type ListedEnd } from './wire/list-offsets.ts';
import type { Partitions } from './wire/partitions.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Where a partition ends for those who read what is committed, and for all others. */
export interface PartitionEnds extends TopicPartition {
  readonly lastStableOffset: bigint;
  readonly highWatermark: bigint;
}

/** Partitions by the node that leads them. Those without a leader are left out: nobody can say anything about them. */
export async function byLeader(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
): Promise<Map<number, Partitions>> {
  const groups = new Map<number, Map<string, number[]>>();
  for (const { topic, partition } of partitions) {
    const leader = await client.leader(topic, partition).catch(() => undefined);
    if (leader === undefined) continue;
    const group = groups.get(leader) ?? new Map<string, number[]>();
    groups.set(leader, group.set(topic, [...(group.get(topic) ?? []), partition]));
  }
  return groups;
}

/**
 * The ends of many partitions, two requests for each leader. Partitions that their leader says nothing about are left out, and
 * their leaders are looked up anew next time. Throws KafkaError when a leader does not answer.
 */
export async function partitionEnds(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
): Promise<PartitionEnds[]> {
  const found: PartitionEnds[] = [];
  for (const [leader, group] of await byLeader(client, partitions)) {
    // Stable ends first: what is committed in between must not look open.
    const stable = await client.exchange<ListedEnd[]>(leader, listEndsExchange(group, true));
    const all = await client.exchange<ListedEnd[]>(leader, listEndsExchange(group, false));
    if ([...stable, ...all].some(({ errorCode }) => errorCode !== 0)) client.forget();
    found.push(...joined(stable, all));
  }
  return found;
}

function joined(stable: readonly ListedEnd[], all: readonly ListedEnd[]): PartitionEnds[] {
  const key = ({ topic, partition }: ListedEnd) => `${topic}-${partition}`;
  const ends = new Map(all.filter(({ errorCode }) => errorCode === 0).map((end) => [key(end), end.offset]));
  return stable.flatMap((end) => {
    const highWatermark = ends.get(key(end));
    if (end.errorCode !== 0 || highWatermark === undefined) return [];
    const { topic, partition, offset } = end;
    return [{ topic, partition, lastStableOffset: offset, highWatermark }];
  });
}

import { partitionKey } from '../../log/partitions.ts';
import type { TopicPartition } from '../../log/log.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError } from '../client/errors.ts';
import type { Isolation } from '../wire/fetch-request.ts';
import { LATEST, type LedPartition, type ListedOffset, listOffsetsExchange } from '../wire/list-offsets.ts';

/** Where a partition ends for those who read what is committed, and for all others. */
export interface PartitionEnds extends TopicPartition {
  readonly lastStableOffset: bigint;
  readonly highWatermark: bigint;
}

/**
 * Partitions by the node that leads them, each once: a leader refuses a request that names one twice. Those without a leader are
 * left out: nobody can say anything about them. Throws KafkaError when nobody says who leads.
 */
export async function byLeader(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
): Promise<Map<number, LedPartition[]>> {
  const groups = new Map<number, LedPartition[]>();
  const once = new Map(partitions.map((each) => [keyOf(each), each]));
  for (const { topic, partition } of once.values()) {
    const leader = await client.leadership(topic, partition).catch(unlessLeaderless);
    if (leader === undefined) continue;
    const group = groups.get(leader.nodeId) ?? [];
    group.push({ topic, partition, leader });
    groups.set(leader.nodeId, group);
  }
  return groups;
}

function unlessLeaderless(error: unknown): undefined {
  if (kafkaError(error).code !== 'LEADER_NOT_AVAILABLE') throw error;
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

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
    const ends = (isolation: Isolation) =>
      client.exchange<ListedOffset[]>(leader, listOffsetsExchange(group, isolation, LATEST));
    // Stable ends first: what is committed in between must not look open.
    const stable = await ends('committed');
    const all = await ends('everything');
    if ([...stable, ...all].some(({ errorCode }) => errorCode !== 0)) client.forget();
    found.push(...joined(stable, all));
  }
  return found;
}

function joined(stable: readonly ListedOffset[], all: readonly ListedOffset[]): PartitionEnds[] {
  const ends = new Map(all.filter(({ errorCode }) => errorCode === 0).map((end) => [keyOf(end), end.offset]));
  return stable.flatMap((end) => {
    const highWatermark = ends.get(keyOf(end));
    if (end.errorCode !== 0 || highWatermark === undefined) return [];
    const { topic, partition, offset } = end;
    return [{ topic, partition, lastStableOffset: offset, highWatermark }];
  });
}

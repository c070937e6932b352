import { isMissingRight } from '../../log/errors.ts';
import type { TopicPartition } from '../../log/log.ts';
import { partitionKey } from '../../log/partitions.ts';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError, kafkaError } from '../client/errors.ts';
import { openOf } from './markers.ts';
import { notStable } from './not-stable.ts';
import { offsetsPartitions, unlessForbidden } from '../groups/offsets-partitions.ts';

/**
 * What earlier epochs of a producer have left open, because a marker was lost: what is written there now would join it, and end with
 * it. Each partition is asked about once in an epoch.
 */
export class LeftOpen {
  private readonly client: KafkaClient;
  /** Partitions in which nothing of an earlier epoch is open. */
  private readonly clean = new Set<string>();

  constructor(client: KafkaClient) {
    this.client = client;
  }

  /** A new epoch knows nothing. */
  forget(): void {
    this.clean.clear();
  }

  /** Throws KafkaError, retryable, until somebody has ended what is open there; it names the partition. */
  async refuse(producerId: bigint, partitions: readonly TopicPartition[]): Promise<void> {
    const unknown = partitions.filter((at) => !this.clean.has(keyOf(at)));
    if (unknown.length === 0) return;
    const [open] = await openOf(this.client, producerId, unknown);
    if (open) throw await notStable(this.client, open.topic, open.partition);
    for (const at of unknown) this.clean.add(keyOf(at));
  }

  /**
   * The same of the partitions in which positions are kept; the error names a group. Groups share them: what hangs of one group would
   * be joined by the positions of another. Where this process may not ask about them, nothing is known.
   */
  async refusePositions(producerId: bigint, groups: readonly string[]): Promise<void> {
    const kept = await offsetsPartitions(this.client, groups);
    const places = kept.filter(({ at }) => !this.clean.has(keyOf(at)));
    if (places.length === 0) return;
    const groupAt = (at: TopicPartition) => places.find((place) => keyOf(place.at) === keyOf(at))?.group;
    const partitions = places.map(({ at }) => at);
    const [open] = await openOf(this.client, producerId, partitions).catch((cause: unknown) => {
      const error = kafkaError(cause);
      const { topic, partition } = error.fields as Partial<TopicPartition>;
      if (topic === undefined || partition === undefined || isMissingRight(error))
        return unlessForbidden(error);
      throw ofGroup(error, groupAt({ topic, partition }));
    });
    if (open) throw ofGroup(await notStable(this.client, open.topic, open.partition), groupAt(open));
    for (const { at } of places) this.clean.add(keyOf(at));
  }
}

/** It is the group's trouble, and nobody's who writes there. */
const ofGroup = (
  { code, message, retryable }: Pick<KafkaError, 'code' | 'message' | 'retryable'>,
  group = '',
) => new KafkaError(code, message, { retryable, fields: { group } });

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

import type { TopicMetadata } from '../wire/metadata.ts';

/** Who leads a partition, -1 while nobody does, and since which election. */
export interface Leader {
  readonly nodeId: number;
  readonly epoch: number;
}

/**
 * The newest leader that was heard of for each partition (KIP-320). A broker that was paused goes on with the view of then: it
 * tells old leaders, and takes itself for one whose log ends before what was read elsewhere. A request that names the epoch is
 * refused by such a broker instead of being answered wrongly.
 */
export class LeaderEpochs {
  /** By the topic's id. */
  private readonly heardOf = new Map<
    string,
    { readonly name: string; readonly leaders: readonly Leader[] }
  >();

  /** The topic as it was told, with the newer leader where one was heard of before. */
  heard(topic: TopicMetadata): TopicMetadata {
    const known = this.heardOf.get(topic.id)?.leaders ?? [];
    // Who tells fewer partitions has been away, too: a topic never loses any.
    const missing = known.slice(topic.leaders.length);
    const leaders = [...topic.leaders.map((told, partition) => newer(told, known[partition])), ...missing];
    this.heardOf.set(topic.id, { name: topic.name, leaders });
    return { ...topic, leaders };
  }

  /** The newest leader of which any client of this process has heard, if that is not the one that this one knows. */
  newest(topicId: string, partition: number, known: Leader): Leader {
    return newer(known, this.heardOf.get(topicId)?.leaders[partition]);
  }

  /** Forgets topics of this name that were deleted: all but the one that is there now, if any is. */
  settled(name: string, id: string | undefined): void {
    for (const [known, topic] of this.heardOf)
      if (topic.name === name && known !== id) this.heardOf.delete(known);
  }
}

function newer(told: Leader, known: Leader | undefined): Leader {
  return known && known.epoch > told.epoch ? known : told;
}

/** Each topic as most brokers tell it: one that was cut off may tell one that was deleted, and made anew under its name. */
export function mostTold(told: readonly TopicMetadata[]): TopicMetadata[] {
  const count = ({ name, id }: TopicMetadata) =>
    told.filter((other) => other.name === name && other.id === id).length;
  const names = new Map<string, TopicMetadata>();
  for (const topic of told) {
    const best = names.get(topic.name);
    if (!best || count(topic) > count(best)) names.set(topic.name, topic);
  }
  return [...names.values()];
}

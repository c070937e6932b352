import { groups } from '@atelier/contracts';
import { type Evidence, type GroupPosition, type PartitionContent, placeOf } from '../evidence/evidence.ts';

/**
 * No group has a committed record left to read. Lag is counted in records and not as a difference of offsets, which
 * markers and aborted records make larger. Every group of the catalogue must be there with every partition, except
 * those of delays: what waits for its time is no lag, so they are checked only where they are given.
 */
export function check({ logs, positions }: Evidence): string[] {
  if (positions.length === 0) return ['lag: there are no positions of groups to check'];
  const contents = new Map(logs.map((content) => [placeOf(content), content]));
  const given = new Set(positions.map(nameOf));
  const missing = groups
    .filter(({ kind }) => kind !== 'delay')
    .flatMap(({ group, topics }) => expected(group, topics, logs))
    .filter((name) => !given.has(name))
    .map((name) => `${name}: its position was not looked up`);
  return [...missing, ...positions.flatMap((position) => behind(position, contents.get(placeOf(position))))];
}

function expected(group: string, topics: readonly string[], logs: readonly PartitionContent[]): string[] {
  return topics.flatMap((topic) => {
    const partitions = logs.filter((content) => content.topic === topic);
    if (partitions.length === 0) return [`${group} on ${topic}`];
    return partitions.map(({ partition }) => nameOf({ group, topic, partition }));
  });
}

function behind(position: GroupPosition, content: PartitionContent | undefined): string[] {
  if (!content) return [`${nameOf(position)}: the log of the partition was not read`];
  const { committed, end } = content;
  const { next = 0n } = position;
  const left = committed.filter((offset) => offset >= next).length;
  if (left > 0) return [`${nameOf(position)}: lags ${left} records behind, from ${next} on`];
  return next > end ? [`${nameOf(position)}: its position ${next} lies beyond the end ${end}`] : [];
}

const nameOf = (at: Pick<GroupPosition, 'group' | 'topic' | 'partition'>) => `${at.group} on ${placeOf(at)}`;

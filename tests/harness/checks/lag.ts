import { groups } from '@atelier/contracts';
import { type Evidence, type GroupPosition, type PartitionContent, placeOf } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/**
 * No group has a committed record left to read. Lag is counted in records and not as a difference of offsets, which
 * markers and aborted records make larger. Every group of the catalogue must be there with every partition, except
 * those of delays: what waits for its time is no lag, so they are checked only where they are given.
 */
export function check({ logs, positions }: Evidence): Violation[] {
  if (positions.length === 0) return [nothingToCheck('lag', 'there are no positions of groups')];
  const contents = new Map(logs.map((content) => [placeOf(content), content]));
  const given = new Set(positions.map(nameOf));
  const missing = groups
    .filter(({ kind }) => kind !== 'delay')
    .flatMap(({ group, topics }) => expected(group, topics, logs))
    .filter((name) => !given.has(name))
    .map((position) => ({ kind: 'position-unknown', position }) as const);
  return [...missing, ...positions.flatMap((position) => behind(position, contents.get(placeOf(position))))];
}

function expected(group: string, topics: readonly string[], logs: readonly PartitionContent[]): string[] {
  return topics.flatMap((topic) => {
    const partitions = logs.filter((content) => content.topic === topic);
    if (partitions.length === 0) return [`${group} on ${topic}`];
    return partitions.map(({ partition }) => nameOf({ group, topic, partition }));
  });
}

function behind(of: GroupPosition, content: PartitionContent | undefined): Violation[] {
  const position = nameOf(of);
  if (!content) return [{ kind: 'partition-unread', position }];
  const { committed, end } = content;
  const { next = 0n } = of;
  const records = committed.filter((offset) => offset >= next).length;
  if (records > 0) return [{ kind: 'group-behind', position, records, from: next }];
  return next > end ? [{ kind: 'position-beyond-end', position, next, end }] : [];
}

const nameOf = (at: Pick<GroupPosition, 'group' | 'topic' | 'partition'>) => `${at.group} on ${placeOf(at)}`;

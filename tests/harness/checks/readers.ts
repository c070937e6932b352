import { type Evidence, type PartitionContent, placeOf, type ReaderSight } from '../evidence/evidence.ts';
import { type Offsets, offsetsThat } from './kinds/log.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/**
 * Who reads committed sees each committed record once, in order, and never an aborted one. At rest the log is stable
 * up to its end.
 */
export function check({ logs, readers }: Evidence): Violation[] {
  if (readers.length === 0) return [nothingToCheck('readers', 'nobody read at the same time')];
  if (logs.every(({ committed }) => committed.length === 0))
    return [nothingToCheck('readers', 'nothing is committed')];
  return [...logs.flatMap(unstable), ...readers.flatMap((sight) => wrongSights(sight, logs))];
}

const unstable = ({ stable, end, ...at }: PartitionContent): Violation[] =>
  stable === end ? [] : [{ kind: 'partition-unstable', place: placeOf(at), stable, end }];

function wrongSights({ reader, topics, seen }: ReaderSight, logs: readonly PartitionContent[]): Violation[] {
  const contents = new Map(
    logs.filter(({ topic }) => topics.includes(topic)).map((content) => [placeOf(content), content]),
  );
  const sights = new Map<string, bigint[]>();
  for (const { offsets, ...at } of seen) {
    const place = placeOf(at);
    sights.set(place, (sights.get(place) ?? []).concat(offsets));
  }
  const unread = topics
    .filter((topic) => !logs.some((content) => content.topic === topic))
    .map((topic) => ({ kind: 'topic-unread', reader, topic }) as const);
  const unknown = [...sights.keys()]
    .filter((place) => !contents.has(place))
    .map((place) => ({ kind: 'place-not-in-log', reader, place }) as const);
  const wrong = [...contents].flatMap(([place, content]) =>
    compared(sights.get(place) ?? [], content).map(
      (offsets) => ({ kind: 'wrong-sight', reader, place, ...offsets }) as const,
    ),
  );
  return [...unread, ...unknown, ...wrong];
}

/** One for each kind of difference: a partition may have thousands of each. */
function compared(offsets: readonly bigint[], { committed, aborted }: PartitionContent): Offsets[] {
  const right = new Set(committed);
  const dropped = new Set(aborted);
  const seen = new Set<bigint>();
  const repeated: bigint[] = [];
  const disordered: bigint[] = [];
  const ghosts: bigint[] = [];
  const invented: bigint[] = [];
  let furthest = -1n;
  for (const offset of offsets) {
    if (dropped.has(offset)) ghosts.push(offset);
    else if (!right.has(offset)) invented.push(offset);
    if (seen.has(offset)) repeated.push(offset);
    else if (offset < furthest) disordered.push(offset);
    seen.add(offset);
    if (offset > furthest) furthest = offset;
  }
  return [
    offsetsThat('aborted, but seen', ghosts),
    offsetsThat('seen, but not in the log', invented),
    offsetsThat('seen again', repeated),
    offsetsThat('seen out of order', disordered),
    offsetsThat(
      'committed, but not seen',
      committed.filter((offset) => !seen.has(offset)),
    ),
  ].flat();
}

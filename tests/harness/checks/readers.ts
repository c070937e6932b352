import { type Evidence, type PartitionContent, placeOf, type ReaderSight } from '../evidence/evidence.ts';

/**
 * Who reads committed sees each committed record once, in order, and never an aborted one. At rest the log is stable
 * up to its end.
 */
export function check({ logs, readers }: Evidence): string[] {
  if (readers.length === 0) return ['readers: nobody read at the same time, so there is nothing to check'];
  if (logs.every(({ committed }) => committed.length === 0))
    return ['readers: nothing is committed, so there is nothing to check'];
  return [...logs.flatMap(unstable), ...readers.flatMap((sight) => wrongSights(sight, logs))];
}

const unstable = ({ stable, end, ...at }: PartitionContent) =>
  stable === end ? [] : [`${placeOf(at)}: stable up to ${stable}, but its end is ${end}`];

function wrongSights({ reader, topics, seen }: ReaderSight, logs: readonly PartitionContent[]): string[] {
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
    .map((topic) => `${reader}: the log of ${topic} was not read`);
  const unknown = [...sights.keys()]
    .filter((place) => !contents.has(place))
    .map((place) => `${reader}: saw ${place}, which is not in the log`);
  const wrong = [...contents].flatMap(([place, content]) =>
    compared(sights.get(place) ?? [], content).map((what) => `${reader} in ${place}: ${what}`),
  );
  return [...unread, ...unknown, ...wrong];
}

/** One sentence for each kind of difference: a partition may have thousands of each. */
function compared(offsets: readonly bigint[], { committed, aborted }: PartitionContent): string[] {
  const right = new Set(committed);
  const dropped = new Set(aborted);
  const seen = new Set<bigint>();
  const [repeated, disordered, ghosts, invented]: bigint[][] = [[], [], [], []];
  let furthest = -1n;
  for (const offset of offsets) {
    if (dropped.has(offset)) ghosts?.push(offset);
    else if (!right.has(offset)) invented?.push(offset);
    if (seen.has(offset)) repeated?.push(offset);
    else if (offset < furthest) disordered?.push(offset);
    seen.add(offset);
    if (offset > furthest) furthest = offset;
  }
  return [
    said(ghosts, 'aborted, but seen'),
    said(invented, 'seen, but not in the log'),
    said(repeated, 'seen again'),
    said(disordered, 'seen out of order'),
    said(
      committed.filter((offset) => !seen.has(offset)),
      'committed, but not seen',
    ),
  ].flat();
}

function said(offsets: readonly bigint[] = [], what: string): string[] {
  const [first] = offsets;
  return first === undefined ? [] : [`${offsets.length} ${what}, the first at ${first}`];
}

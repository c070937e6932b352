import { type LogPosition, type PartitionContent, placeOf } from '../../harness/evidence/evidence.ts';
import { LogReader } from '../../harness/log/log-reader.ts';

/** What these topics hold as far as this reader has read them; `committed`: what it delivered. */
export async function contentsOf(
  reader: LogReader,
  topics: readonly string[],
  committed: readonly LogPosition[],
): Promise<PartitionContent[]> {
  const offsets = Map.groupBy(committed, placeOf);
  const contents = topics.map(async (topic) => {
    const aborted = reader.aborted(topic);
    return (await reader.ends(topic)).map(({ partition, stable, end }) => ({
      topic,
      partition,
      committed: (offsets.get(placeOf({ topic, partition })) ?? []).map(({ offset }) => offset),
      aborted: aborted[partition] ?? [],
      stable,
      end,
    }));
  });
  return (await Promise.all(contents)).flat();
}

/** Reads these topics from their beginning, with a reader of its own. */
export async function readAgain(bootstrap: string, topics: readonly string[]): Promise<PartitionContent[]> {
  const reader = new LogReader(bootstrap, { withValues: () => false });
  const committed: LogPosition[] = [];
  try {
    await reader.refresh(topics, ({ topic, partition, offset }) =>
      committed.push({ topic, partition, offset }),
    );
    return await contentsOf(reader, topics, committed);
  } finally {
    reader.close();
  }
}

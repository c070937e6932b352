import type { KafkaClient } from '../client/client.ts';
import { Fetcher } from './fetcher.ts';
import { PartitionFeed } from '../../engine/worker/partition-feed.ts';
import type { ConsumedRecord } from '../../log/record.ts';

/** Bytes of one fetch: at most, and at least, as a broker reads that much in one go anyway. */
const MOST_BYTES = 4 * 1024 * 1024;
const LEAST_BYTES = 64 * 1024;
/** More than most records take. Where they are larger there are more fetches. */
const RECORD_BYTES = 1024;

/** Whoever wants a few records is not sent all that is behind them. */
const bytesFor = ({ from, to }: { readonly from: bigint; readonly to: bigint }) =>
  Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Number(to - from) * RECORD_BYTES));

/**
 * The committed records of a partition from an offset up to another (exclusive), in chunks. Ends when the fetch
 * position has reached `to`: the last offsets may be transaction markers, which are no records.
 */
export async function* readPartition(
  client: KafkaClient,
  topic: string,
  partition: number,
  range: { readonly from: bigint; readonly to: bigint; readonly signal: AbortSignal },
): AsyncGenerator<{ readonly records: readonly ConsumedRecord[]; readonly nextOffset: bigint }> {
  if (range.from >= range.to) return;
  const fetcher = new Fetcher(client, { maxWaitMs: 50, maxBytesPerPartition: bytesFor(range) });
  const feed = new PartitionFeed(topic, partition, 10_000);
  fetcher.add(feed);
  feed.seek(range.from);
  try {
    for (let position = range.from; position < range.to;) {
      const { records, nextOffset } = await feed.nextUntil(range.to, 5_000, range.signal);
      position = nextOffset;
      const before = records.filter(({ offset }) => offset < range.to);
      yield { records: before, nextOffset: nextOffset < range.to ? nextOffset : range.to };
    }
  } finally {
    fetcher.remove(feed);
    await fetcher.close();
  }
}

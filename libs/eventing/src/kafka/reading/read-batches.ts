import type { KafkaClient } from '../client/client.ts';
import { KafkaError, putOff } from '../client/errors.ts';
import { retrying } from '../client/retry.ts';
import { fetchExchange } from '../wire/fetch-request.ts';
import { decodeSections, type FetchedSection } from '../wire/fetch.ts';
import { type RecordBatch, recordBatches } from '../wire/record-batch.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Everything that stands in a partition from an offset up to another (exclusive), batch by batch: what is open, aborted and
 * the markers, too. For those who look into transactions, not for consumers. Throws KafkaError.
 */
export async function* readBatches(
  client: KafkaClient,
  topic: string,
  partition: number,
  range: {
    readonly from: bigint;
    readonly to: bigint;
    readonly signal: AbortSignal;
    /** Of one answer; a larger batch still comes, alone. 1 MiB unless given. */
    readonly maxBytes?: number;
  },
): AsyncGenerator<RecordBatch> {
  for (let position = range.from; position < range.to;) {
    const bytes = await retrying(
      () => fetchSection(client, topic, partition, position, range.maxBytes ?? CHUNK_BYTES),
      {
        forMs: 10_000,
        signal: range.signal,
      },
    );
    const before = position;
    for (const batch of recordBatches(bytes)) {
      if (batch.lastOffset < position) continue;
      if (batch.baseOffset >= range.to) return;
      yield batch;
      position = batch.lastOffset + 1n;
    }
    // A leader that was elected just now may have less than the one that told where the log ends.
    if (position === before) throw missing(topic, partition, position);
  }
}

const missing = (topic: string, partition: number, offset: bigint) =>
  new KafkaError('OFFSET_NOT_AVAILABLE', `${topic}-${partition} has nothing at offset ${offset} now`, {
    retryable: true,
    fields: { topic, partition, offset },
  });

async function fetchSection(
  client: KafkaClient,
  topic: string,
  partition: number,
  offset: bigint,
  maxBytes: number,
): Promise<Buffer> {
  const leader = await client.leadership(topic, partition);
  const asked = fetchExchange(
    [{ topic, partition, offset, maxBytes, leader }],
    { isolation: 'everything', maxBytes },
    decodeSections,
  );
  const [section] = await client.exchange<FetchedSection[]>(leader.nodeId, asked);
  if (section && section.errorCode !== 0) throw client.refusal(section.errorCode);
  if (!section) throw putOff(topic, partition);
  return section.bytes;
}

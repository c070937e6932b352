import type { RecordPlace } from '../log/log.ts';
import { type Isolation } from '../log/log.ts';
import type { KafkaClient } from './client.ts';
import { type ConsumedRecord, offsetAfter } from '../log/record.ts';
import { fetchExchange } from './wire/fetch-request.ts';
import { decodeFetch, type FetchedPartition } from './wire/fetch.ts';
import { notStable } from './not-stable.ts';
import { logEnd, logStart, stableEnd } from './positions.ts';
import { retrying } from './retry.ts';

/**
 * The record that a partition holds at this offset, for those who read like this, or the batch that cannot be read and has this
 * offset in it. One small fetch.
 */
export async function recordAt(
  client: KafkaClient,
  at: RecordPlace,
  isolation: Isolation,
  signal: AbortSignal,
): Promise<ConsumedRecord | undefined> {
  const fetched = await retrying(() => fetchOne(client, at, isolation), { forMs: 10_000, signal });
  return fetched?.records.find((record) => record.offset <= at.offset && at.offset < offsetAfter(record));
}

/**
 * The committed record at this offset, or the batch that cannot be read; undefined when nothing that is committed stands there.
 * Throws KafkaError, retryable, while somebody's open transaction hides it.
 */
export async function committedRecordAt(
  client: KafkaClient,
  at: RecordPlace,
  signal: AbortSignal,
): Promise<ConsumedRecord | undefined> {
  const { topic, partition, offset } = at;
  const start = await logStart(client, topic, partition, signal);
  const end = await logEnd(client, topic, partition, signal);
  if (offset < start || offset >= end) return undefined;
  if ((await stableEnd(client, topic, partition, signal)) <= offset)
    throw await notStable(client, topic, partition);
  return recordAt(client, at, 'committed', signal);
}

async function fetchOne(
  client: KafkaClient,
  { topic, partition, offset }: RecordPlace,
  isolation: Isolation,
): Promise<FetchedPartition | undefined> {
  const leader = await client.leadership(topic, partition);
  // The broker answers at least the first batch (KIP-74).
  const asked = fetchExchange(
    [{ topic, partition, offset, maxBytes: 1, leader }],
    { isolation, maxBytes: 1 },
    (bytes) => decodeFetch(bytes, () => offset, client.maxBatchBytes),
  );
  const [found] = await client.exchange<FetchedPartition[]>(leader.nodeId, asked);
  if (found && found.errorCode !== 0) throw client.refusal(found.errorCode);
  return found;
}

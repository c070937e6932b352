import type { LogError } from '../../log/errors.ts';
import type { EndedRecord, RecordPlace } from '../../log/log.ts';
import { type ConsumedRecord, offsetAfter } from '../../log/record.ts';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError, putOff } from '../client/errors.ts';
import { notStable } from '../open-transactions/not-stable.ts';
import { logEnd, logStart } from '../groups/stored-positions.ts';
import { retrying } from '../client/retry.ts';
import { decodeSections, type FetchedSection, readCommitted } from '../wire/fetch.ts';
import { fetchExchange } from '../wire/fetch-request.ts';
import { recordBatches } from '../wire/record-batch.ts';

/**
 * See `Log.endedRecordAt`. One answer says how far everything has ended, what stands there and what was aborted: between two of
 * them a transaction may end.
 */
export async function endedRecordAt(
  client: KafkaClient,
  at: RecordPlace,
  signal: AbortSignal,
): Promise<EndedRecord | 'marker' | undefined> {
  return retrying(async () => lookAt(client, at, signal), {
    forMs: 10_000,
    unless: ({ code }) => code === 'NOT_STABLE',
    signal,
  });
}

async function lookAt(
  client: KafkaClient,
  at: RecordPlace,
  signal: AbortSignal,
): Promise<EndedRecord | 'marker' | undefined> {
  const { topic, partition, offset } = at;
  const start = await logStart(client, topic, partition, signal);
  const end = await logEnd(client, topic, partition, signal);
  if (offset < start || offset >= end) return undefined;
  return readAt(client, at, await fetchCommitted(client, at, 1));
}

/** The same, only where it is committed. */
export async function committedRecordAt(
  ...args: Parameters<typeof endedRecordAt>
): Promise<ConsumedRecord | undefined> {
  const ended = await endedRecordAt(...args);
  return ended === undefined || ended === 'marker' || ended.aborted ? undefined : ended.record;
}

async function readAt(
  client: KafkaClient,
  { topic, partition, offset }: RecordPlace,
  section: FetchedSection | undefined,
): Promise<EndedRecord | 'marker' | undefined> {
  if (!section) throw putOff(topic, partition);
  if (section.lastStableOffset <= offset) throw await notStable(client, topic, partition);
  const read = (aborted: FetchedSection['aborted']) => {
    const room = { maxBatchBytes: client.maxBatchBytes, left: client.maxBatchBytes };
    const { records } = readCommitted({ ...section, aborted }, offset, room);
    return records.find((record) => record.offset <= offset && offset < offsetAfter(record));
  };
  const record = read([]);
  if (!record) return isMarker(section, offset) ? 'marker' : undefined;
  return { record, aborted: !read(section.aborted) };
}

const isMarker = ({ bytes }: FetchedSection, offset: bigint) =>
  [...recordBatches(bytes)].some(
    ({ control, baseOffset, lastOffset }) => control && baseOffset <= offset && offset <= lastOffset,
  );

/** The batches from there on that have ended, in so many bytes; the first one whole, aborted or not (KIP-74). */
export async function fetchCommitted(
  client: KafkaClient,
  { topic, partition, offset }: RecordPlace,
  maxBytes: number,
): Promise<FetchedSection | undefined> {
  const leader = await client.leadership(topic, partition);
  const asked = fetchExchange(
    [{ topic, partition, offset, maxBytes, leader }],
    { isolation: 'committed', maxBytes },
    decodeSections,
  );
  const [found] = await client.exchange<FetchedSection[]>(leader.nodeId, asked);
  if (!found || found.errorCode === 0) return found;
  const error = client.refusal(found.errorCode);
  throw error.code === 'OFFSET_OUT_OF_RANGE' ? moved(topic, partition, error) : error;
}

/** It was in the log a moment ago: retention may have removed it since, or the leader is another one. The bounds say it anew. */
const moved = (topic: string, partition: number, cause: LogError) =>
  new KafkaError(cause.code, `The log of ${topic}-${partition} moves: ${cause.message}`, {
    retryable: true,
    cause,
    fields: { topic, partition },
  });

import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError } from './errors.ts';
import { apiKeys, apis, protocolError } from './kafkajs.ts';
import { offsetAfter } from './record.ts';
import { decodeFetch, type FetchedPartition } from './wire/fetch.ts';
import { retrying } from './retry.ts';

/** What a reader may see: what is committed, or everything. */
export type Isolation = 'committed' | 'everything';

/** Whether a partition holds a record at this offset, for those who read like this. One small fetch. */
export async function holdsRecordAt(
  client: KafkaClient,
  at: { readonly topic: string; readonly partition: number; readonly offset: bigint },
  isolation: Isolation,
  signal: AbortSignal,
): Promise<boolean> {
  const fetched = await retrying(() => fetchOne(client, at, isolation), { forMs: 10_000, signal });
  // Of a batch that nobody can read: it is there all the same.
  return (
    fetched?.records.some((record) => record.offset <= at.offset && at.offset < offsetAfter(record)) ?? false
  );
}

async function fetchOne(
  client: KafkaClient,
  { topic, partition, offset }: Parameters<typeof holdsRecordAt>[1],
  isolation: Isolation,
): Promise<FetchedPartition | undefined> {
  const fetch = apis['Fetch']?.protocol({ version: 11 })({
    replicaId: -1,
    isolationLevel: isolation === 'committed' ? 1 : 0,
    maxWaitTime: 0,
    minBytes: 0,
    // The broker answers at least the first batch (KIP-74).
    maxBytes: 1,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: 1 }] }],
  });
  if (!fetch || apiKeys['Fetch'] === undefined)
    throw new KafkaError('CLIENT', 'Fetch is missing', { retryable: false });
  const [found] = await client.exchange<FetchedPartition[]>(await client.leader(topic, partition), {
    request: fetch.request,
    response: {
      decode: async (bytes) => decodeFetch(bytes, () => offset, client.maxBatchBytes),
      parse: async (read) => read,
    },
  });
  if (found && found.errorCode !== 0) throw kafkaError(protocolError(found.errorCode));
  return found;
}

import { MARKERS_MS } from '../../log/trusted-position.ts';
import type { StoredPosition, TopicPartition } from '../../log/log.ts';

import type { KafkaClient } from '../client/client.ts';
import type { Isolation } from '../wire/fetch-request.ts';
import { kafkaError, putOff } from '../client/errors.ts';
import { LogError } from '../../log/errors.ts';
import { EARLIEST, LATEST, type ListedOffset, listOffsetsExchange } from '../wire/list-offsets.ts';
import { type FetchedPosition, offsetFetchExchange } from '../wire/offset-fetch.ts';
import { unstablePosition } from '../open-transactions/not-stable.ts';
import { retrying } from '../client/retry.ts';

const UNSTABLE = 'UNSTABLE_OFFSET_COMMIT';

async function listOffset(
  client: KafkaClient,
  topic: string,
  partition: number,
  at: bigint,
  isolation: Isolation,
  signal?: AbortSignal,
): Promise<bigint> {
  return retrying(
    async () => {
      const leader = await client.leadership(topic, partition);
      const asked = listOffsetsExchange([{ topic, partition, leader }], isolation, at);
      const [answer] = await client.exchange<ListedOffset[]>(leader.nodeId, asked);
      if (!answer) throw putOff(topic, partition);
      if (answer.errorCode !== 0) throw client.refusal(answer.errorCode);
      return answer.offset;
    },
    { forMs: 10_000, ...(signal && { signal }) },
  );
}

// The signal of each of these ends the waiting for a broker that cannot be reached.

export const logStart = (client: KafkaClient, topic: string, partition: number, signal?: AbortSignal) =>
  listOffset(client, topic, partition, EARLIEST, 'everything', signal);

/** The offset after the last record, open transactions included (the high watermark). */
export const logEnd = (client: KafkaClient, topic: string, partition: number, signal?: AbortSignal) =>
  listOffset(client, topic, partition, LATEST, 'everything', signal);

/** The last stable offset: everything before it belongs to a transaction that has ended. */
export const stableEnd = (client: KafkaClient, topic: string, partition: number, signal?: AbortSignal) =>
  listOffset(client, topic, partition, LATEST, 'committed', signal);

/** The offset of the first record that is as young as this (milliseconds since 1970-01-01 UTC), or the end of the log. */
export async function offsetAtTime(
  client: KafkaClient,
  topic: string,
  partition: number,
  timestamp: number,
  signal?: AbortSignal,
): Promise<bigint> {
  const offset = await listOffset(
    client,
    topic,
    partition,
    BigInt(Math.max(0, timestamp)),
    'everything',
    signal,
  );
  return offset >= 0n ? offset : logEnd(client, topic, partition, signal);
}

/**
 * The group's position, or -1 when it has none. Waits while a transaction is about to change it; one that stays open for more
 * than two seconds is told by a KafkaError, which is retryable.
 */
export async function committedOffset(
  client: KafkaClient,
  group: string,
  topic: string,
  partition: number,
  signal?: AbortSignal,
): Promise<bigint> {
  return (await storedPosition(client, group, topic, partition, signal)).offset;
}

/** The same, and the text that was kept with it. */
export async function storedPosition(
  client: KafkaClient,
  group: string,
  topic: string,
  partition: number,
  signal?: AbortSignal,
): Promise<StoredPosition> {
  const [stored] = await storedPositions(client, group, [{ topic, partition }], signal);
  const { offset, metadata } = stored as FetchedPosition;
  return { offset, metadata };
}

/** Milliseconds to go on asking: at all, and while a transaction is about to change a position. */
interface Patience {
  readonly forMs?: number;
  readonly unstableMs?: number;
}

/** Those of several partitions, each once, in their order; it waits while a transaction is about to change any of them. */
export async function storedPositions(
  client: KafkaClient,
  group: string,
  partitions: readonly TopicPartition[],
  signal?: AbortSignal,
  { forMs = 60_000, unstableMs = MARKERS_MS }: Patience = {},
): Promise<FetchedPosition[]> {
  const began = performance.now();
  const unless = ({ code }: LogError) => code === UNSTABLE && performance.now() - began > unstableMs;
  const asked = offsetFetchExchange(group, partitions);
  try {
    return await retrying(
      async () => client.exchange<FetchedPosition[]>(await client.coordinator('group', group), asked),
      { forMs, unless, ...(signal && { signal }) },
    );
  } catch (cause) {
    const error = kafkaError(cause);
    throw error.code === UNSTABLE ? await unstablePosition(client, group, error) : error;
  }
}

/** Commits a group's positions outside of any transaction, for a group without members: at deployment. */
export async function commitOffsets(
  client: KafkaClient,
  group: string,
  positions: readonly { topic: string; partition: number; offset: bigint }[],
): Promise<void> {
  const topics = positions.map(({ topic, partition, offset }) => ({
    topic,
    partitions: [{ partition, offset: String(offset), metadata: '' }],
  }));
  await retrying(
    async () => {
      const node = await client.coordinator('group', group);
      await client.call(node, 'OffsetCommit', {
        groupId: group,
        groupGenerationId: -1,
        memberId: '',
        retentionTime: -1,
        topics,
      });
    },
    { forMs: 30_000 },
  ).catch((error: unknown) => {
    throw kafkaError(error);
  });
}

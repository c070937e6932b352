import { partitionKey } from '../../log/partitions.ts';
import { byGroup, type GroupPosition, positionsOf } from '../../engine/ports/transactions.ts';
import type { TopicPartition } from '../../log/log.ts';
import { LogError } from '../../log/errors.ts';
import { isBehind } from '../../engine/commits/done-text.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { notStable } from './not-stable.ts';
import { undescribed } from './open-transactions.ts';
import { byLeader } from '../reading/partition-ends.ts';
import { storedPositions } from '../groups/stored-positions.ts';
import { describeProducersExchange, type PartitionProducers } from '../wire/describe-producers.ts';

const NO_LEADER = 5;
const FIRST_LOOK_MS = 4;
const LONGEST_PAUSE_MS = 200;
/** Milliseconds within which markers are written, unless a broker is away or has lost them. */
const MARKERS_MS = 5_000;
/** Milliseconds after which groups are asked where they stand, although some partitions are still open. */
const LATE_MS = 500;

/**
 * The partitions in which this producer has a transaction open. Needs the right to READ them (KIP-664). Throws KafkaError; it is
 * retryable while a leader is away.
 */
export async function openOf(
  client: KafkaClient,
  producerId: bigint,
  partitions: readonly TopicPartition[],
): Promise<TopicPartition[]> {
  const looks = await lookAt(client, producerId, partitions);
  for (const { seen } of looks) if (seen instanceof LogError) throw seen;
  return looks.filter(({ seen }) => seen === 'open').map(({ at }) => at);
}

/** What was seen of a partition, or why nothing was. */
interface Look {
  readonly at: TopicPartition;
  readonly seen: 'open' | 'closed' | LogError;
}

/** Of those whose leader is away, or does not answer, nothing is known; of the others it is none the less. */
async function lookAt(
  client: KafkaClient,
  producerId: bigint,
  partitions: readonly TopicPartition[],
): Promise<Look[]> {
  const groups = [...(await byLeader(client, partitions))];
  const answers = await Promise.allSettled(
    groups.map(([leader, group]) =>
      client.exchange<PartitionProducers[]>(leader, describeProducersExchange(group)),
    ),
  );
  const seen = new Map<string, Look['seen']>();
  for (const [index, answer] of answers.entries()) {
    if (answer.status === 'rejected')
      for (const at of groups[index]?.[1] ?? []) seen.set(keyOf(at), unseen(at, kafkaError(answer.reason)));
    else
      for (const described of answer.value) seen.set(keyOf(described), seenOf(client, described, producerId));
  }
  return partitions.map((at) => ({
    at,
    seen: seen.get(keyOf(at)) ?? undescribed(client, at.topic, at.partition, NO_LEADER),
  }));
}

function seenOf(
  client: KafkaClient,
  { topic, partition, errorCode, producers }: PartitionProducers,
  producerId: bigint,
): Look['seen'] {
  if (errorCode !== 0) return undescribed(client, topic, partition, errorCode);
  const isOpen = producers.some((each) => each.producerId === producerId && each.startOffset >= 0n);
  return isOpen ? 'open' : 'closed';
}

const unseen = ({ topic, partition }: TopicPartition, { code, message, retryable }: LogError) =>
  new KafkaError(code, message, { retryable, fields: { topic, partition } });

/**
 * Resolves when a transaction that was acknowledged is a fact: nothing of it is open any more in these partitions, and the
 * groups stand where it says. EndTxn is answered before markers are written, and brokers can lose them (KAFKA-20734): the next
 * transaction of the same producer would join what is still open, and end it with an outcome of its own. Throws KafkaError,
 * retryable, when that is not so within five seconds. Of `places`, those where it is so are taken out meanwhile.
 */
export async function whenMarked(
  client: KafkaClient,
  producerId: bigint,
  partitions: readonly TopicPartition[],
  positions: readonly GroupPosition[],
  places: Set<string>,
): Promise<void> {
  const began = performance.now();
  const deadline = began + MARKERS_MS;
  let open = partitions;
  let moved: Promise<unknown> | undefined;
  const moving = () => (moved ??= whenAllMoved(client, positions, deadline, places));
  for (let pause = FIRST_LOOK_MS; open.length > 0; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause);
    open = await stillOpen(client, producerId, open);
    takeClosed(places, partitions, open);
    const [first] = open;
    if (first && performance.now() > deadline) throw await notStable(client, first.topic, first.partition);
    // Whoever waits here hears it below.
    if (performance.now() > began + LATE_MS) moving().catch(() => undefined);
  }
  await moving();
}

function takeClosed(
  places: Set<string>,
  partitions: readonly TopicPartition[],
  open: readonly TopicPartition[],
): void {
  const left = new Set(open.map(keyOf));
  for (const at of partitions) if (!left.has(keyOf(at))) places.delete(keyOf(at));
}

function whenAllMoved(
  client: KafkaClient,
  positions: readonly GroupPosition[],
  deadline: number,
  places: Set<string>,
): Promise<unknown> {
  const left = Math.max(0, deadline - performance.now());
  const groups = [...byGroup(positions)].map(async ([group, own]) => {
    await whenMoved(client, group, own, left);
    places.delete(positionsOf(group));
  });
  return Promise.all(groups);
}

/** Where it may be open: all of those that nothing is known of, too, as long as that passes. */
async function stillOpen(
  client: KafkaClient,
  producerId: bigint,
  open: readonly TopicPartition[],
): Promise<readonly TopicPartition[]> {
  try {
    const looks = await lookAt(client, producerId, open);
    for (const { seen } of looks) if (seen instanceof LogError && !seen.retryable) throw seen;
    return looks.filter(({ seen }) => seen !== 'closed').map(({ at }) => at);
  } catch (error) {
    if (kafkaError(error).retryable) return open;
    throw error;
  }
}

async function whenMoved(
  client: KafkaClient,
  group: string,
  positions: readonly GroupPosition[],
  forMs: number,
): Promise<void> {
  const stored = await storedPositions(client, group, positions, undefined, { forMs, unstableMs: forMs });
  for (const [at, position] of positions.entries()) {
    const found = stored[at] ?? { offset: -1n, metadata: '' };
    if (isBehind(found, { offset: position.offset, metadata: position.metadata ?? '' }))
      throw notMoved(position, found.offset);
  }
}

function notMoved({ group, topic, partition, offset }: GroupPosition, stored: bigint): LogError {
  const missing = stored === offset ? ', without what it has done beyond it' : '';
  const message = `${group} was told that it stands at ${offset} of ${topic}-${partition}, and stands at ${stored}${missing}`;
  return new KafkaError('STALE_POSITION', message, {
    retryable: true,
    fields: { group, topic, partition, offset },
  });
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

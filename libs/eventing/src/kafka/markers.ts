import { partitionKey } from '../log/partitions.ts';
import { byGroup, type GroupPosition, positionsOf } from '../engine/transactions.ts';
import type { TopicPartition } from '../log/log.ts';
import type { LogError } from '../log/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from './client.ts';
import { kafkaError, KafkaError } from './errors.ts';
import { notStable } from './not-stable.ts';
import { undescribed } from './open-transactions.ts';
import { byLeader } from './partition-ends.ts';
import { storedPositions } from './positions.ts';
import { describeProducersExchange, type PartitionProducers } from './wire/describe-producers.ts';

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
  const groups = await byLeader(client, partitions);
  const answers = await Promise.all(
    [...groups].map(([leader, group]) =>
      client.exchange<PartitionProducers[]>(leader, describeProducersExchange(group)),
    ),
  );
  const described = new Map(answers.flat().map((answer) => [keyOf(answer), answer]));
  return partitions.filter((at) => {
    const { errorCode, producers } = described.get(keyOf(at)) ?? { errorCode: NO_LEADER, producers: [] };
    if (errorCode !== 0) throw undescribed(client, at.topic, at.partition, errorCode);
    return producers.some((producer) => producer.producerId === producerId && producer.startOffset >= 0n);
  });
}

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
    open = await openOf(client, producerId, open).catch((error: unknown) => unlessPassing(error, open));
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

function unlessPassing(error: unknown, open: readonly TopicPartition[]): readonly TopicPartition[] {
  if (kafkaError(error).retryable) return open;
  throw error;
}

async function whenMoved(
  client: KafkaClient,
  group: string,
  positions: readonly GroupPosition[],
  forMs: number,
): Promise<void> {
  const stored = await storedPositions(client, group, positions, undefined, forMs);
  for (const [at, position] of positions.entries()) {
    const offset = stored[at]?.offset ?? -1n;
    if (offset < position.offset) throw notMoved(position, offset);
  }
}

function notMoved({ group, topic, partition, offset }: GroupPosition, stored: bigint): LogError {
  const message = `${group} was told that it stands at ${offset} of ${topic}-${partition}, and stands at ${stored}`;
  return new KafkaError('STALE_POSITION', message, {
    retryable: true,
    fields: { group, topic, partition, offset },
  });
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError } from './errors.ts';
import { notStable } from './not-stable.ts';
import { byLeader, type TopicPartition } from './partition-ends.ts';
import { committedOffset } from './positions.ts';
import { describeProducersExchange, type PartitionProducers } from './wire/describe-producers.ts';
import type { GroupPosition } from './wire/txn-offset-commit.ts';

const FIRST_LOOK_MS = 4;
const LONGEST_PAUSE_MS = 200;
/** Milliseconds within which markers are written, unless a broker is away or has lost them. */
const MARKERS_MS = 5_000;

/** The partitions in which this producer has a transaction open. Needs the right to READ them; throws KafkaError. */
export async function openOf(
  client: KafkaClient,
  producerId: bigint,
  partitions: readonly TopicPartition[],
): Promise<TopicPartition[]> {
  const open: TopicPartition[] = [];
  const groups = await byLeader(client, partitions);
  const described = await Promise.all(
    [...groups].map(([leader, group]) =>
      client.exchange<PartitionProducers[]>(leader, describeProducersExchange(group)),
    ),
  );
  const silent = new Set(partitions.map(keyOf));
  for (const { topic, partition, errorCode, producers } of described.flat()) {
    if (errorCode === 0) silent.delete(keyOf({ topic, partition }));
    if (producers.some((producer) => producer.producerId === producerId && producer.startOffset >= 0n))
      open.push({ topic, partition });
  }
  if (silent.size === 0) return open;
  client.forget();
  throw new KafkaError('LEADER_NOT_AVAILABLE', `Nobody says what is open in ${[...silent].join(', ')}`, {
    retryable: true,
  });
}

/**
 * Resolves when a transaction that was acknowledged is a fact: nothing of it is open any more in these partitions, and the
 * group stands where it says. EndTxn is answered before markers are written, and brokers can lose them (KAFKA-20734): the next
 * transaction of the same producer would join what is still open, and end it with an outcome of its own. Throws KafkaError,
 * retryable, when that is not so within five seconds.
 */
export async function whenMarked(
  client: KafkaClient,
  producerId: bigint,
  partitions: readonly TopicPartition[],
  position: GroupPosition,
): Promise<void> {
  const deadline = performance.now() + MARKERS_MS;
  let open = partitions;
  for (let pause = FIRST_LOOK_MS; open.length > 0; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause);
    open = await openOf(client, producerId, open).catch((error: unknown) => unlessPassing(error, open));
    const [first] = open;
    if (first && performance.now() > deadline) throw await notStable(client, first.topic, first.partition);
  }
  const { group, topic, partition, offset } = position;
  const stored = await committedOffset(client, group, topic, partition);
  if (stored < offset) throw notMoved(position, stored);
}

function unlessPassing(error: unknown, open: readonly TopicPartition[]): readonly TopicPartition[] {
  if (kafkaError(error).retryable) return open;
  throw error;
}

function notMoved({ group, topic, partition, offset }: GroupPosition, stored: bigint): KafkaError {
  const message = `${group} was told that it stands at ${offset} of ${topic}-${partition}, and stands at ${stored}`;
  return new KafkaError('STALE_POSITION', message, { retryable: true });
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`;

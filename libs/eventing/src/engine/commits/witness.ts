import type { EndedRecord, Log, StoredPosition, TopicPartition } from '../../log/log.ts';
import { type BaseOffsets, partitionKey } from '../../log/partitions.ts';
import { whatStays } from '../../log/trusted-position.ts';
import { LogError, PositionError } from '../../log/errors.ts';
import { DONE } from './done-text.ts';

/**
 * What a transaction says about itself in the text that is kept with its position: where it began to read, who wrote it, and the
 * first record that it wrote into each partition. A transaction is committed or aborted as a whole, but not when the brokers
 * are killed at the wrong moment: a coordinator that starts again on an old view of the cluster reads its log to the end,
 * replicated or not (KAFKA-17754 is another hole of the same protocol), and may commit in one partition what its
 * successor aborts in the others. Whoever takes over looks for the witnesses, and goes back when they are not there.
 */
export interface Witness {
  readonly from: bigint;
  /** Undefined in texts of earlier versions. */
  readonly producerId?: bigint;
  readonly outputs: readonly WitnessedPartition[];
}

export interface WitnessedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Bytes that brokers keep with an offset, unless told otherwise (`offset.metadata.max.bytes`). */
const MOST_BYTES = 4_096;
/** The most digits that an offset, or the id of a producer, can have. */
const DIGITS = 19;

/**
 * The producer, in the place of a partition: earlier versions read the text, and take it for one whose topic was deleted. It is no
 * partition of any topic, whatever its name: Kafka numbers them with 31 bits.
 */
const PRODUCER = { topic: '.producer', partition: 2 ** 31 };

/**
 * As text: `from|topic|partition|offset|topic|partition|offset...`, PRODUCER last; names of topics have no `|`. `done`: see `doneText`.
 * Throws LogError when it is more than brokers keep: see `isWitnessed`.
 */
export function encodeWitness(from: bigint, bases: BaseOffsets, producerId?: bigint, done = ''): string {
  const outputs = partitionsOf(bases);
  const writer = producerId === undefined || bases.size === 0 ? [] : [{ ...PRODUCER, offset: producerId }];
  const places = [...outputs, ...writer];
  const text = [
    `${from}${done}`,
    ...places.flatMap(({ topic, partition, offset }) => [topic, partition, offset]),
  ];
  const encoded = text.join('|');
  if (encoded.length > MOST_BYTES) throw tooMany(bases.size);
  return encoded;
}

/** Whether a position has room for the witnesses of a transaction that writes these records, wherever they come to stand. */
export function isWitnessed(records: readonly TopicPartition[], done = ''): boolean {
  const places = new Set(records.map(({ topic, partition }) => `|${topic}|${partition}|`));
  places.add(`|${PRODUCER.topic}|${PRODUCER.partition}|`);
  const bytes = [...places].reduce((sum, place) => sum + place.length + DIGITS, DIGITS + done.length);
  return bytes <= MOST_BYTES;
}

const tooMany = (partitions: number) =>
  new LogError(
    'TOO_MANY_WITNESSES',
    `What follows from one record, or is settled at once, goes to ${partitions} partitions: a position has no room for their names (${MOST_BYTES} bytes). Have the handler write to fewer`,
    { retryable: false, fields: { partitions } },
  );

/** Throws LogError unless `isWitnessed`. */
export function refuseUnwitnessed(records: readonly TopicPartition[], done = ''): void {
  if (isWitnessed(records, done)) return;
  throw tooMany(new Set(records.map(({ topic, partition }) => partitionKey(topic, partition))).size);
}

/** Undefined for text of any other kind: positions are also committed by deployments and by people. */
export function decodeWitness(text: string): Witness | undefined {
  // `from@producer` is how it was written for a short time.
  if (!/^\d+(@\d+)?(\|[\w.-]+\|\d+\|\d+)*$/.test(text)) return undefined;
  const [begin = '', ...fields] = text.split('|');
  const [from = '', behindFrom] = begin.split('@');
  const outputs: WitnessedPartition[] = [];
  for (let at = 0; at < fields.length; at += 3) {
    const [topic = '', partition, offset = ''] = fields.slice(at, at + 3);
    if (topic !== DONE) outputs.push({ topic, partition: Number(partition), offset: BigInt(offset) });
  }
  const last = outputs.at(-1);
  const producerId = last && isProducer(last) ? outputs.pop()?.offset : behindFrom;
  return { from: BigInt(from), ...(producerId !== undefined && { producerId: BigInt(producerId) }), outputs };
}

const isProducer = ({ topic, partition }: WitnessedPartition) =>
  topic === PRODUCER.topic && partition === PRODUCER.partition;

/**
 * What became of a witness. `aborted`: it is there, but not for those who read what is committed. `last`: the log ends where it
 * stood, so that nothing is missing but this transaction. `cut`: it is not there, and others may be missing before it.
 */
type Loss = 'aborted' | 'last' | 'cut';

interface LostWitness {
  readonly loss: Loss;
  readonly at: WitnessedPartition;
}

/**
 * The position that is to be believed, and why it is not the one that was stored, if so. Call it once the
 * position is stable: then the transaction has ended, and its markers are there or on their way. Throws LogError, retryable, while somebody else's open transaction hides
 * a witness; PositionError when acknowledged records are missing, and it cannot be told which.
 */
export async function believedPosition(
  log: Log,
  { offset, metadata }: StoredPosition,
  signal: AbortSignal,
): Promise<{ readonly offset: bigint; readonly torn?: string }> {
  const witness = decodeWitness(metadata);
  if (!witness || witness.outputs.length === 0) return { offset };
  const topics = [...new Set(witness.outputs.map(({ topic }) => topic))];
  const look = () => lostWitness(log, witness, signal);
  await log.confirmLeaders(topics);
  let lost = await look();
  // A marker is a fact; an end of the log is one only as the leader of now tells it.
  if (lost && lost.loss !== 'aborted') lost = await whatStays(log, topics, look, signal);
  if (!lost) return { offset };
  if (lost.loss === 'cut') throw new PositionError(missing(lost.at, offset, witness.from), { ...lost.at });
  const was = lost.loss === 'aborted' ? 'was aborted in' : 'is gone with the end of the log of';
  const torn = `the transaction that committed offset ${offset} ${was} ${whereOf(lost.at)}; handled again from ${witness.from}`;
  return { offset: witness.from, torn };
}

/** The worst that has become of a witness; undefined when all are there, or gone for reasons that say nothing. */
async function lostWitness(
  log: Log,
  { outputs, producerId }: Witness,
  signal: AbortSignal,
): Promise<LostWitness | undefined> {
  let worst: LostWitness | undefined;
  for (const at of outputs) {
    const loss = await lossOf(log, at, producerId, signal);
    if (loss === 'cut') return { loss, at };
    if (loss) worst ??= { loss, at };
  }
  return worst;
}

async function lossOf(
  log: Log,
  at: WitnessedPartition,
  writer: bigint | undefined,
  signal: AbortSignal,
): Promise<Loss | undefined> {
  const partitions = await partitionsIn(log, at.topic);
  // Somebody has deleted it.
  if (partitions === undefined) return undefined;
  if (at.partition >= partitions) return 'cut';
  // Before the record: a log that was cut off grows again, and would look as if the record had been removed.
  const end = await log.end(at.topic, at.partition, signal);
  if (end <= at.offset) return end === at.offset ? 'last' : 'cut';
  const ended = await log.endedRecordAt(at, signal);
  if (!ended) return undefined;
  return isOf(ended, writer) ? abortOf(ended) : 'cut';
}

/** Whether the transaction can have written what stands in its place: offsets are given to others once the end of a log was cut off. */
function isOf(ended: EndedRecord | 'marker', writer: bigint | undefined): boolean {
  if (ended === 'marker') return false;
  return writer === undefined || ended.record.broken !== undefined || ended.record.producerId === writer;
}

const abortOf = (ended: EndedRecord | 'marker'): Loss | undefined =>
  ended !== 'marker' && ended.aborted ? 'aborted' : undefined;

/** How many partitions the topic has; undefined when there is none of that name. */
async function partitionsIn(log: Log, topic: string): Promise<number | undefined> {
  try {
    return (await log.topic(topic)).partitions;
  } catch (error) {
    if (error instanceof LogError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
    throw error;
  }
}

const missing = (at: WitnessedPartition, offset: bigint, from: bigint) =>
  `What was acknowledged in ${whereOf(at)} by the transaction that committed offset ${offset} is not there any more: records are missing, and maybe others before it. Find out which; then set the position, to ${from} or earlier to handle again, or to ${offset} to go on without; it is never reset by itself`;

const whereOf = ({ topic, partition, offset }: WitnessedPartition) =>
  `${topic}-${partition} at offset ${offset}`;

function partitionsOf(bases: BaseOffsets): WitnessedPartition[] {
  return [...bases].map(([key, offset]) => {
    const dash = key.lastIndexOf('-');
    return { topic: key.slice(0, dash), partition: Number(key.slice(dash + 1)), offset };
  });
}

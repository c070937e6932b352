import { ByteReader } from './byte-reader.ts';
import type { LoggedRecord } from './record-batch.ts';

/** Kafka's own topic, in which transaction coordinators keep what they have decided. */
export const TRANSACTION_STATE = '__transaction_state';

/** In the order of their numbers (TransactionState.java). */
const states = [
  'empty',
  'ongoing',
  'prepare-commit',
  'prepare-abort',
  'complete-commit',
  'complete-abort',
  'dead',
] as const;
export type State = (typeof states)[number];

/** What a coordinator has noted of a transactional id. */
export interface CoordinatorEntry {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly state: State;
  /** `topic-partition` of each partition that the transaction may have written to. */
  readonly partitions: readonly string[];
  /** When it was noted, by the broker's clock: milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** A record of `__transaction_state` (TransactionLogKey, TransactionLogValue); undefined where an id was forgotten. */
export function coordinatorEntry({ key, value, timestamp }: LoggedRecord): CoordinatorEntry | undefined {
  if (!value || key === null) return undefined;
  // A version and a length, two bytes each: one character each, as long as ids are shorter than 128 bytes.
  const transactionalId = key.slice(4);
  const body = new ByteReader(value);
  const flexible = body.int16() >= 1;
  const producerId = body.int64();
  const epoch = body.int16();
  body.int32();
  const state = states[body.int8()];
  if (!state) throw new RangeError(`${transactionalId} is in a state that this reader does not know`);
  const topics = flexible ? compactTopics(body) : topicsOf(body);
  const partitions = topics.flatMap(({ topic, ids }) => ids.map((id) => `${topic}-${id}`));
  return { transactionalId, producerId, epoch, state, partitions, time: timestamp };
}

const topicsOf = (body: ByteReader) =>
  body.array(() => ({ topic: body.string(), ids: body.array(() => body.int32()) }));

const compactTopics = (body: ByteReader) =>
  body.compactArray(() => {
    const topic = body.compactString();
    const ids = body.compactArray(() => body.int32());
    body.tags();
    return { topic, ids };
  });

import { Reader } from './reader.ts';

/** States of a transaction as its coordinator writes them into `__transaction_state`. */
export type LoggedState =
  'ongoing' | 'prepare-commit' | 'prepare-abort' | 'complete-commit' | 'complete-abort' | 'other';

/** One step of one transactional id in its coordinator's log. */
export interface LoggedTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  /** The id before this one, where the epochs of that one were used up; -1 otherwise. */
  readonly previousProducerId: bigint;
  /** Under version 2, of a step that ends a transaction: that of the next one. */
  readonly producerEpoch: number;
  readonly state: LoggedState;
  /** Kafka's version of transactions that the client speaks. */
  readonly version: number;
}

const STATES: Readonly<Record<number, LoggedState>> = {
  1: 'ongoing',
  2: 'prepare-commit',
  3: 'prepare-abort',
  4: 'complete-commit',
  5: 'complete-abort',
};
const TAG = { previousProducerId: 0, clientVersion: 2 };

/**
 * Decodes a record of `__transaction_state` (keys of version 0, values of version 1). Undefined for a tombstone and for
 * versions that are not known: they prove nothing.
 */
export function decodeLoggedTransaction(
  key: Buffer | null,
  value: Buffer | null,
): LoggedTransaction | undefined {
  if (!key || !value) return undefined;
  const [keys, values] = [new Reader(key), new Reader(value)];
  if (keys.int16() !== 0 || values.int16() !== 1) return undefined;
  const transactionalId = keys.string() ?? '';
  const producerId = values.int64();
  const producerEpoch = values.int16();
  values.int32();
  const state = STATES[values.int8()] ?? 'other';
  skipPartitions(values);
  values.int64();
  values.int64();
  const tags = readTags(values);
  return {
    transactionalId,
    producerId,
    previousProducerId: tags.get(TAG.previousProducerId)?.readBigInt64BE() ?? -1n,
    producerEpoch,
    state,
    version: tags.get(TAG.clientVersion)?.readInt16BE() ?? 0,
  };
}

function skipPartitions(reader: Reader): void {
  reader.compactArray(() => {
    reader.compactString();
    reader.compactArray(() => reader.int32());
    reader.tags();
  });
}

function readTags(reader: Reader): Map<number, Buffer> {
  const tags = new Map<number, Buffer>();
  for (let count = reader.uvarint(); count > 0; count--) {
    const tag = reader.uvarint();
    tags.set(tag, reader.raw(reader.uvarint()));
  }
  return tags;
}

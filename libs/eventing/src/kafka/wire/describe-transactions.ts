import { encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** What a coordinator says about one transactional id. */
export interface TransactionDescription {
  /** `Empty`, `Ongoing`, `PrepareCommit`, `PrepareAbort`, `CompleteCommit`, `CompleteAbort`, ... */
  readonly state: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  /** Of the transaction under way, by topic; of one that is ending, those without their marker yet. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
}

const DESCRIBE_TRANSACTIONS = 65;
const TRANSACTIONAL_ID_NOT_FOUND = 105;

/**
 * DescribeTransactions version 0 (KIP-664), to the coordinator of this id. Resolves to one description, or to none when the
 * coordinator does not know the id; rejects with the protocol's error.
 */
export function describeTransactionExchange(transactionalId: string): Exchange {
  const writer = new Writer().uvarint(0).uvarint(2).compactString(transactionalId).uvarint(0);
  return {
    request: {
      apiKey: DESCRIBE_TRANSACTIONS,
      apiVersion: 0,
      apiName: 'DescribeTransactions',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): readonly TransactionDescription[] {
  reader.tags();
  reader.int32();
  const [only] = reader.compactArray(() => decodeState(reader));
  if (!only || only.errorCode === TRANSACTIONAL_ID_NOT_FOUND) return [];
  if (only.errorCode !== 0) throw protocolError(only.errorCode);
  return [only.description];
}

function decodeState(reader: Reader): { errorCode: number; description: TransactionDescription } {
  const errorCode = reader.int16();
  reader.compactString();
  const state = reader.compactString() ?? '';
  const timeoutMs = reader.int32();
  reader.int64();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const numbers = reader.compactArray(() => reader.int32());
    reader.tags();
    return [topic, numbers] as const;
  });
  reader.tags();
  return {
    errorCode,
    description: { state, producerId, producerEpoch, timeoutMs, partitions: new Map(topics) },
  };
}

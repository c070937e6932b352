import { encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const LIST_TRANSACTIONS = 66;

export interface ListedTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
}

/** States of which a transaction can be; see `TransactionState` of Kafka. */
export type ListedState = 'Ongoing';

/**
 * ListTransactions version 0 (KIP-664): the transactions of these producers, or in these states, as far as the coordinators on this
 * broker know them; an empty filter lets all pass. Rejects with the protocol's error.
 */
export function listTransactionsExchange(
  producerIds: readonly bigint[],
  states: readonly ListedState[] = [],
): Exchange {
  const writer = new Writer().uvarint(0).uvarint(states.length + 1);
  for (const state of states) writer.compactString(state);
  writer.uvarint(producerIds.length + 1);
  for (const producerId of producerIds) writer.int64(producerId);
  writer.uvarint(0);
  return {
    request: {
      apiKey: LIST_TRANSACTIONS,
      apiVersion: 0,
      apiName: 'ListTransactions',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): ListedTransaction[] {
  reader.tags();
  reader.int32();
  const errorCode = reader.int16();
  if (errorCode !== 0) throw protocolError(errorCode);
  reader.compactArray(() => reader.compactString());
  return reader.compactArray(() => {
    const transactionalId = reader.compactString() ?? '';
    const producerId = reader.int64();
    reader.compactString();
    reader.tags();
    return { transactionalId, producerId };
  });
}

import { encoded, type Exchange, protocolError } from '../kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const LIST_TRANSACTIONS = 66;

/**
 * ListTransactions version 0 (KIP-664): the transactional ids of these producers, as far as the coordinators on this broker
 * know them. Resolves to ids by producer id; rejects with the protocol's error.
 */
export function listTransactionsExchange(producerIds: readonly bigint[]): Exchange {
  const writer = new Writer()
    .uvarint(0)
    .uvarint(1)
    .uvarint(producerIds.length + 1);
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

function decode(reader: Reader): Map<bigint, string> {
  reader.tags();
  reader.int32();
  const errorCode = reader.int16();
  if (errorCode !== 0) throw protocolError(errorCode);
  reader.compactArray(() => reader.compactString());
  const ids = reader.compactArray(() => {
    const transactionalId = reader.compactString() ?? '';
    const producerId = reader.int64();
    reader.compactString();
    reader.tags();
    return [producerId, transactionalId] as const;
  });
  return new Map(ids);
}

import { apiKeys, encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * EndTxn version 5 (KIP-890), which ends the transaction and its epoch. Resolves to the id and epoch of the next transaction;
 * rejects with the protocol's error.
 */
export function endTxnExchange({ transactionalId, id, epoch }: ProducerIdentity, commit: boolean): Exchange {
  const writer = new Writer().uvarint(0).compactString(transactionalId);
  writer
    .int64(id)
    .int16(epoch)
    .int8(commit ? 1 : 0)
    .uvarint(0);
  return {
    request: {
      apiKey: apiKeys['EndTxn'] as number,
      apiVersion: 5,
      apiName: 'EndTxn',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeNext(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeNext(reader: Reader): { id: bigint; epoch: number } {
  reader.tags();
  reader.int32();
  const errorCode = reader.int16();
  if (errorCode !== 0) throw protocolError(errorCode);
  return { id: reader.int64(), epoch: reader.int16() };
}

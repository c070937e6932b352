import { describe, expect, it } from '@jest/globals';
import { decodeLoggedTransaction } from './transaction-log.ts';
import { Writer } from './writer.ts';

const key = new Writer().int16(0).string('group.topic.0').slice(0);

function value(version: number): Buffer {
  const writer = new Writer().int16(version).int64(7n).int16(5).int32(10_000).int8(2);
  writer.uvarint(2).compactString('orders').uvarint(3).int32(1).int32(4).uvarint(0);
  writer.int64(1n).int64(2n);
  writer.uvarint(2).uvarint(0).uvarint(8).int64(6n).uvarint(2).uvarint(2).int16(2);
  return writer.slice(0);
}

describe('a step in the log of a coordinator', () => {
  it('is decoded, tagged fields included', () => {
    expect(decodeLoggedTransaction(key, value(1))).toEqual({
      transactionalId: 'group.topic.0',
      producerId: 7n,
      previousProducerId: 6n,
      producerEpoch: 5,
      state: 'prepare-commit',
      version: 2,
    });
  });

  it('is nothing where it is a tombstone, or of a version that is not known', () => {
    expect(decodeLoggedTransaction(key, null)).toBeUndefined();
    expect(decodeLoggedTransaction(key, value(2))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { ByteWriter } from './byte-writer.ts';
import { coordinatorEntry, TRANSACTION_STATE } from './transaction-state.ts';

const id = 'orders.decider.orders.commands.1';
const key = new ByteWriter().int16(0).string(id).done().toString();
const record = (value: Buffer | null) => ({
  topic: TRANSACTION_STATE,
  partition: 3,
  offset: 7n,
  timestamp: 1_700_000_000_000,
  key,
  value,
  headers: new Map<string, string>(),
  transactional: false,
});

const COMPLETE_COMMIT = 4;
const head = (version: number, state: number) =>
  new ByteWriter().int16(version).int64(12n).int16(5).int32(10_000).int8(state);

describe('an entry of the transaction coordinator', () => {
  it('is read in the version with compact types, tagged fields and all', () => {
    const value = head(1, 1);
    value.compactArray(['orders.events', '__consumer_offsets'], (topic) =>
      value
        .compactString(topic)
        .compactArray([1, 4], (partition) => value.int32(partition))
        .tags(),
    );
    value.int64(1n).int64(2n).uvarint(1).uvarint(2).uvarint(2).int16(2);
    expect(coordinatorEntry(record(value.done()))).toEqual({
      transactionalId: id,
      producerId: 12n,
      epoch: 5,
      state: 'ongoing',
      partitions: ['orders.events-1', 'orders.events-4', '__consumer_offsets-1', '__consumer_offsets-4'],
      time: 1_700_000_000_000,
    });
  });

  it('is read in the version without, and with no partitions', () => {
    const value = head(0, 2);
    value.array(['a'], (topic) => value.string(topic).array([9], (partition) => value.int32(partition)));
    expect(coordinatorEntry(record(value.done()))).toMatchObject({
      state: 'prepare-commit',
      partitions: ['a-9'],
    });
    const none = head(1, COMPLETE_COMMIT).uvarint(0).int64(1n).int64(2n).tags();
    expect(coordinatorEntry(record(none.done()))).toMatchObject({ state: 'complete-commit', partitions: [] });
  });

  it('is nothing where an id was forgotten, and refused where its state is unknown', () => {
    expect(coordinatorEntry(record(null))).toBeUndefined();
    expect(() => coordinatorEntry(record(head(1, 99).done()))).toThrow(
      'a state that this reader does not know',
    );
  });
});

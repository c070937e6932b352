import { describe, expect, it } from '@jest/globals';
import { ByteWriter } from '../../harness/log/byte-writer.ts';
import { FirstHeld } from './first-held.ts';
import { type KafkaRequest, KafkaRequests } from './kafka-requests.ts';
import {
  CycleGroups,
  groupOf,
  isCommit,
  isOf,
  isOfVersion2,
  txnOffsetCommitError,
} from './transaction-requests.ts';

const [PRODUCE, INIT_PRODUCER_ID, END_TXN, TXN_OFFSET_COMMIT] = [0, 22, 26, 28];

function request(
  apiKey: number,
  apiVersion: number,
  instance: string,
  body: (to: ByteWriter) => ByteWriter,
): KafkaRequest {
  const header = new ByteWriter().int16(apiKey).int16(apiVersion).int32(7).string(instance);
  return { apiKey, apiVersion, correlationId: 7, bytes: Buffer.from(body(header).done()) };
}

const positions = (group: string, instance = 'orders-1', version = 5) =>
  request(TXN_OFFSET_COMMIT, version, instance, (to) =>
    to.tags().compactString('orders/orders-1').compactString(group).int64(12n).int16(3),
  );

const end = (commit: boolean, version = 5, instance = 'orders-1') =>
  request(END_TXN, version, instance, (to) =>
    version < 3
      ? to.string('orders/orders-1').int64(12n).int16(3).int8(Number(commit))
      : to.tags().compactString('orders/orders-1').int64(12n).int16(3).int8(Number(commit)).tags(),
  );

const other = (apiKey: number, instance = 'orders-1') => request(apiKey, 1, instance, (to) => to);

function answer(codes: readonly number[]): Buffer {
  const to = new ByteWriter().tags().int32(0);
  to.compactArray(codes, (code) => {
    to.compactString('orders.commands');
    to.compactArray([0, code], (each) => to.int32(1).int16(each).tags());
    to.tags();
  });
  return Buffer.from(to.tags().done());
}

describe('requests of transactions', () => {
  it('name the process and the group', () => {
    expect(groupOf(positions('orders.decider'))).toBe('orders.decider');
    expect(isOf(positions('orders.decider', 'orders-1-leaving'), 'orders-1')).toBe(true);
    expect(isOf(positions('orders.decider', 'orders-12'), 'orders-1')).toBe(false);
  });

  it.each([1, 5])('say whether they commit, in version %d', (version) => {
    expect([true, false].map((commit) => isCommit(end(commit, version)))).toEqual([true, false]);
    expect(isCommit(positions('orders.decider'))).toBe(false);
  });

  it('tell the versions of transactions apart', () => {
    const [one, two] = [
      [end(true, 1), positions('g', 'orders-1', 3)],
      [end(true), positions('g')],
    ];
    expect([...one, ...two].map(isOfVersion2)).toEqual([false, false, true, true]);
  });

  it('are answered with an error for each partition', () => {
    expect(txnOffsetCommitError(answer([0, 0]))).toBe(0);
    expect(txnOffsetCommitError(answer([0, 22]))).toBe(22);
  });

  it('say whose positions are in the transaction of a process, until the next one begins', () => {
    const cycle = new CycleGroups('orders-1');
    for (const each of [
      positions('a'),
      other(PRODUCE),
      positions('b'),
      positions('c', 'orders-2'),
      end(true),
    ])
      cycle.note(each);
    expect([...cycle.groups]).toEqual(['a', 'b']);
    cycle.note(positions('c'));
    expect([...cycle.groups]).toEqual(['c']);
    for (const each of [other(INIT_PRODUCER_ID), positions('d')]) cycle.note(each);
    expect([...cycle.groups]).toEqual(['d']);
  });

  it('are held once, at whichever relay they come by, and seen before that', async () => {
    const relays = [new KafkaRequests(), new KafkaRequests()];
    const forwarded: number[] = [];
    const sends = relays.map((requests) => {
      const interceptor = requests.intercept();
      return (each: KafkaRequest) => {
        const frame = Buffer.alloc(4 + each.bytes.length);
        frame.writeInt32BE(each.bytes.length, 0);
        each.bytes.copy(frame, 4);
        interceptor.request(frame, () => void forwarded.push(each.apiKey));
      };
    }) as [(each: KafkaRequest) => void, (each: KafkaRequest) => void];
    const cycle = new CycleGroups('orders-1');
    const unwatch = relays.map((requests) => requests.watch(cycle.note));
    const held = new FirstHeld(relays, (each) => each.apiKey === TXN_OFFSET_COMMIT && cycle.groups.size >= 2);
    sends[0](positions('a'));
    sends[1](positions('b'));
    sends[0](positions('c'));
    await Promise.resolve();
    expect(held.request?.apiKey).toBe(TXN_OFFSET_COMMIT);
    expect(forwarded).toHaveLength(2);
    for (const end of unwatch) end();
    sends[0](positions('d'));
    expect([...cycle.groups]).toEqual(['a', 'b', 'c']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { DoneRange } from '../../log/done-ranges.ts';
import { doneIn, doneText, MOST_DONE_BYTES } from '../commits/done-text.ts';
import { decodeWitness, encodeWitness, isWitnessed } from '../commits/witness.ts';
import { LaneProgress } from './lane-progress.ts';

const range = (from: number, to: number): DoneRange => ({ from: BigInt(from), to: BigInt(to) });

/** A lane that has taken these, of what is before the end. */
function taken(offsets: readonly number[], end: number, before: readonly DoneRange[] = []) {
  const lane = new LaneProgress(before);
  for (const offset of offsets) lane.add(BigInt(offset));
  lane.reached(BigInt(end));
  return lane;
}
const finish = (lane: LaneProgress, ...offsets: readonly number[]) => {
  for (const offset of offsets) lane.finish(BigInt(offset));
};

describe('the progress of a lane', () => {
  it('stands at the oldest that is not done, and knows what is done beyond it, whatever is between', () => {
    const lane = taken([5, 7, 9, 20], 30);
    expect(lane).toMatchObject({ position: 5n, done: [] });
    finish(lane, 7);
    expect(lane.done).toEqual([range(6, 9)]);
    finish(lane, 20);
    expect(lane.done).toEqual([range(6, 9), range(10, 30)]);
    finish(lane, 9);
    expect(lane.done).toEqual([range(6, 30)]);
    finish(lane, 5);
    expect(lane).toMatchObject({ position: 30n, done: [], isEmpty: true });
  });

  it('keeps what an earlier owner has done, beyond what it has come to itself, too', () => {
    const lane = taken([5, 17], 20, [range(6, 10), range(18, 100)]);
    expect(lane.done).toEqual([range(6, 10), range(18, 100)]);
    finish(lane, 5);
    expect(lane).toMatchObject({ position: 17n, done: [range(18, 100)] });
    finish(lane, 17);
    expect(lane).toMatchObject({ position: 20n, done: [range(20, 100)] });
  });

  it('has room for the oldest always, for others as long as the text of the position would have', () => {
    const offsets = Array.from({ length: 400 }, (_, n) => n);
    const lane = taken(offsets, 400);
    let begun = 0;
    for (const offset of offsets.filter((each) => each % 2 === 1)) {
      if (!lane.hasRoomFor(BigInt(offset), 3)) break;
      finish(lane, offset);
      begun++;
    }
    expect(begun).toBeLessThan(200);
    const text = doneText(lane.position, lane.done);
    expect(text.length).toBeLessThanOrEqual(MOST_DONE_BYTES);
    expect(text.length).toBeGreaterThan(MOST_DONE_BYTES - 100);
    expect(lane.hasRoomFor(0n, 3)).toBe(true);
    // What has ended will be committed: the next one is the oldest then.
    lane.ended(0n);
    expect(lane.hasRoomFor(2n, 3)).toBe(true);
  });
});

describe('what is done, in the text of a position', () => {
  const done = [range(6, 7), range(10, 5_000_000_000)];

  it('is read again, beside the witnesses', () => {
    const text = encodeWitness(3n, new Map([['g.t.dlq-0', 9n]]), 7n, doneText(5n, done));
    expect(text).toBe('3|.done|1|1|.done|3|4999999990|g.t.dlq|0|9|.producer|2147483648|7');
    expect(doneIn(text, 5n)).toEqual(done);
    const outputs = [{ topic: 'g.t.dlq', partition: 0, offset: 9n }];
    expect(decodeWitness(text)).toEqual({ from: 3n, producerId: 7n, outputs });
    expect(encodeWitness(3n, new Map(), 7n, doneText(5n, done))).toBe('3|.done|1|1|.done|3|4999999990');
  });

  it('looks to the version before like witnesses on a topic that was deleted, which it believes', () => {
    const text = encodeWitness(3n, new Map([['g.t.dlq-0', 9n]]), 7n, doneText(5n, done));
    expect(text).toMatch(/^\d+(@\d+)?(\|[\w.-]+\|\d+\|\d+)*$/);
  });

  it('counts where witnesses need room', () => {
    const many = Array.from({ length: 90 }, (_, n) => ({ topic: 'some.topic', partition: n }));
    expect(isWitnessed(many)).toBe(true);
    expect(isWitnessed(many, '|.done|1|1'.repeat(150))).toBe(false);
    expect(isWitnessed(many.slice(0, 60), '|.done|1|1'.repeat(150))).toBe(true);
  });

  it('is nothing in any other text', () => {
    for (const text of ['', '17', 'by hand|.done|1|1', '3|t|0|1', '3|t|0|1|.done|1|1'])
      expect(doneIn(text, 5n)).toEqual([]);
  });
});

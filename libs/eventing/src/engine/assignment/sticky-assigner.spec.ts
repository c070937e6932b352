import { describe, expect, it } from '@jest/globals';
import { assignSticky } from './sticky-assigner.ts';

const member = (memberId: string, running: string[] = [], topics = ['t'], stored: string[] = []) => ({
  memberId,
  topics,
  running,
  stored,
});
const partitionsOf = (assignment: ReturnType<typeof assignSticky>) =>
  Object.fromEntries(
    [...assignment].map(([id, partitions]) => [
      id,
      partitions.map(({ topic, partition }) => `${topic}-${partition}`).sort(),
    ]),
  );

describe('hazard 19: the sticky assigner', () => {
  it('leaves partitions with the members that hold them', () => {
    const assignment = assignSticky(
      [member('b', ['t-0', 't-2', 't-4']), member('a', ['t-1', 't-3', 't-5'])],
      new Map([['t', 6]]),
    );
    expect(partitionsOf(assignment)).toEqual({ a: ['t-1', 't-3', 't-5'], b: ['t-0', 't-2', 't-4'] });
  });

  it('takes from a member only what evenness asks for', () => {
    const all = ['t-0', 't-1', 't-2', 't-3', 't-4', 't-5'];
    const { a, b } = partitionsOf(assignSticky([member('a', all), member('b')], new Map([['t', 6]])));
    expect(a).toEqual(['t-0', 't-1', 't-2']);
    expect(b).toEqual(['t-3', 't-4', 't-5']);
  });

  it('assigns every partition once, whatever members claim to hold', () => {
    const assignment = assignSticky(
      [member('a', ['t-0', 't-1']), member('b', ['t-0', 't-1']), member('c')],
      new Map([['t', 7]]),
    );
    expect(Object.values(partitionsOf(assignment)).flat().sort()).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((p) => `t-${p}`),
    );
  });

  it('gives a topic only to members that read it', () => {
    const assignment = assignSticky(
      [member('a', [], ['t', 'u']), member('b')],
      new Map([
        ['t', 2],
        ['u', 2],
      ]),
    );
    expect(partitionsOf(assignment)['b']).toEqual(['t-1']);
  });

  it('leaves nobody without, when there are enough for all', () => {
    const candidates = [
      member('a', ['t-0', 't-1']),
      member('b', ['t-2', 't-3']),
      member('c', ['t-4', 't-5']),
      member('d'),
    ];
    const counts = Object.values(partitionsOf(assignSticky(candidates, new Map([['t', 6]])))).map(
      ({ length }) => length,
    );
    expect(counts.sort()).toEqual([1, 1, 2, 2]);
  });

  it('prefers who works on a partition to who has old state of it on disk', () => {
    const stale = member('a', [], ['t'], ['t-0', 't-1']);
    const assignment = partitionsOf(assignSticky([stale, member('b', ['t-0', 't-1'])], new Map([['t', 2]])));
    expect(assignment['b']).toHaveLength(1);
    expect(partitionsOf(assignSticky([stale, member('b')], new Map([['t', 1]])))['a']).toEqual(['t-0']);
  });
});

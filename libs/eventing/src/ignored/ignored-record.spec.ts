import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../log/record.ts';
import { covers, decisionIn, decisionRecord, type IgnoredRecord } from './ignored-record.ts';

const place = { topic: 'doors.events', topicId: 'id', partition: 3, offset: 17n };
const decision = { ...place, lastOffset: 17n, operator: 'José', reason: 'a console tool' };
const kept = (value: string | null, timestamp = 11): ConsumedRecord => ({
  topic: 'decisions',
  partition: 0,
  offset: 0n,
  timestamp,
  key: null,
  value: value === null ? null : Buffer.from(value),
  headers: [],
});
const said = { ...place, offset: '17', lastOffset: '17', operator: 'ada', reason: 'why', decision: 'ignore' };

describe('a decision about a record', () => {
  it('is kept as text, and read as it was written, with the time of its record', () => {
    const record = decisionRecord('decisions', decision);
    expect(String(record.key)).toBe('doors.events-3/17');
    expect(decisionIn(kept(String(record.value)))).toEqual({ ...decision, decidedAt: 11 });
  });

  it.each([
    null,
    '',
    'garbage',
    'null',
    '[]',
    ...[
      { decision: 'forget' },
      { offset: 17 },
      { offset: '-1' },
      { offset: '9'.repeat(19) },
      { lastOffset: '16' },
      { partition: '3' },
      { topic: undefined },
      { topicId: undefined },
      { operator: null },
    ].map((odd) => JSON.stringify({ ...said, ...odd })),
  ])('is none, and decides nothing, when it is %s', (value) => {
    expect(decisionIn(kept(value))).toBeUndefined();
  });

  it('is none with a time that no date has: it could not be shown', () => {
    expect(decisionIn(kept(JSON.stringify(said)))).toBeDefined();
    expect(decisionIn(kept(JSON.stringify(said), 9e15))).toBeUndefined();
  });

  it('covers exactly its record, or all of a batch that cannot be read', () => {
    const one: IgnoredRecord = { ...decision, decidedAt: 11 };
    const batch = { ...one, lastOffset: 19n };
    const at = (offset: bigint) => ({ ...place, offset });
    const offsets = [16n, 17n, 18n, 19n, 20n];
    expect(offsets.filter((offset) => covers(one, at(offset)))).toEqual([17n]);
    expect(offsets.filter((offset) => covers(batch, at(offset)))).toEqual([17n, 18n, 19n]);
    expect(covers(one, { ...place, partition: 2 })).toBe(false);
    // A topic that was made again has other records at the same places.
    expect(covers(one, { ...place, topicId: 'another' })).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { type ConsumedRecord, header } from '../log/record.ts';
import { deadLetter, redriveCopy, releaseMark, retryCopy } from './copies.ts';
import { isRelease } from './diversion.ts';
import { asRead } from '../testing/written-by-library.ts';
import { FAILURE, originalOf, readFailure } from './failure-headers.ts';
import { failureOf, thrownNow } from './failure.ts';

const original: ConsumedRecord = {
  topic: 't',
  partition: 2,
  offset: 7n,
  timestamp: 11,
  key: Buffer.from([0xff]),
  value: Buffer.from('v'),
  headers: [['ce_id', Buffer.from('1')]],
};
const who = { group: 'g', handler: 'g Opened', service: 's', version: '1' };
const failure = failureOf(original, { ...who, thrown: [thrownNow(new Error('jammed'))] });
/** The record as it would be read. */
const read = (copy: ReturnType<typeof deadLetter>): ConsumedRecord => asRead(copy, 99n, 98);

describe('the copies of a failed record', () => {
  it.each([
    ['g.t.dlq', deadLetter(original, failure)],
    ['g.t.retry.2', retryCopy(original, failure, 2, 1_234)],
    ['elsewhere', redriveCopy(original, failure, { topic: 'elsewhere' })],
  ])('stay in the partition on %s, byte for byte', (topic, copy) => {
    expect(copy).toMatchObject({ topic, partition: 2 });
    expect(originalOf(read(copy))).toEqual(original);
    expect(readFailure(copy.headers)?.id).toBe(failure.id);
  });

  it('say when they are due, where they wait, and forget it afterwards', () => {
    const copy = retryCopy(original, failure, 1, 1_234);
    expect(header(copy.headers, FAILURE.due)).toBe('1234');
    expect(header(deadLetter(originalOf(read(copy)), failure).headers, FAILURE.due)).toBeUndefined();
  });

  it('count the redrives, each with a time of its own', () => {
    const before = Date.now();
    const old = { ...failure, redrives: 4, since: 5 };
    const known = readFailure(redriveCopy(original, old, { topic: 'r' }).headers);
    expect(known?.redrives).toBe(5);
    expect(known?.since).toBeGreaterThanOrEqual(before);
    expect(known?.first).toEqual(failure.first);
  });

  it('have another value when somebody edited it, or took it away', () => {
    const edited = Buffer.from('edited');
    expect(redriveCopy(original, failure, { topic: 'r', value: edited }).value).toBe(edited);
    expect(redriveCopy(original, failure, { topic: 'r', value: null }).value).toBeNull();
  });
});

describe('a release mark', () => {
  const mark = releaseMark({ id: 'f', group: 'g' }, { topic: 't', partition: 2, key: original.key });

  it('goes to the redrive topic of the group, and is no copy', () => {
    expect(mark).toMatchObject({ topic: 'g.t.redrive', partition: 2, key: original.key, value: null });
    expect(readFailure(mark.headers)).toBeUndefined();
    expect(isRelease(read(mark), ['g.t.redrive', 'g.t.retry.1'])).toBe(true);
  });

  it('counts only there', () => {
    expect(isRelease({ ...read(mark), topic: 't' }, ['g.t.redrive'])).toBe(false);
    expect(isRelease({ ...read(mark), topic: 'g.t.retry.1' }, ['g.t.redrive', 'g.t.retry.1'])).toBe(false);
    expect(isRelease(read(mark), [])).toBe(false);
  });
});

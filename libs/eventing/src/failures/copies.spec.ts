import { describe, expect, it } from '@jest/globals';
import { type ConsumedRecord, header, type Headers } from '../log/record.ts';
import { deadLetter, redriveCopy, releaseMark, retryCopy } from './copies.ts';
import { asRead } from '../../fixtures/as-read.ts';
import { FAILURE, originalOf, readFailure } from './failure-headers.ts';
import { failureOf } from './failure.ts';

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
const failure = failureOf(original, { ...who, thrown: [{ at: 1, error: new Error('jammed') }] });
/** The record as it would be read. */
const read = (copy: ReturnType<typeof deadLetter>): ConsumedRecord => asRead(copy, 99n, 98);

describe('the copies of a failed record', () => {
  it.each([
    ['g.t.dlq', deadLetter(original, failure)],
    ['g.t.retry.2', retryCopy(original, failure, 2, 1_234)],
    ['elsewhere', redriveCopy(original, failure, { topic: 'elsewhere', since: 0 })],
  ])('stay in the partition on %s, byte for byte', (topic, copy) => {
    expect(copy).toMatchObject({ topic, partition: 2 });
    expect(originalOf(read(copy))).toEqual(original);
    expect(readFailure(copy.headers)?.id).toBe(failure.id);
  });

  it('say which retry they stand for and when they are due, where they wait, and forget it afterwards', () => {
    const copy = retryCopy(original, failure, 2, 1_234);
    const said = (headers: Headers) => [FAILURE.retry, FAILURE.due].map((name) => header(headers, name));
    expect(said(copy.headers)).toEqual(['2', '1234']);
    expect(said(deadLetter(originalOf(read(copy)), failure).headers)).toEqual([undefined, undefined]);
  });

  it('count the redrives, each with a time of its own', () => {
    const old = { ...failure, redrives: 4, since: 5 };
    const known = readFailure(redriveCopy(original, old, { topic: 'r', since: 7_000 }).headers);
    expect(known?.redrives).toBe(5);
    expect(known?.since).toBe(7_000);
    expect(known?.first).toEqual(failure.first);
  });

  it('have another value when somebody edited it, or took it away', () => {
    const edited = Buffer.from('edited');
    expect(redriveCopy(original, failure, { topic: 'r', since: 0, value: edited }).value).toBe(edited);
    expect(redriveCopy(original, failure, { topic: 'r', since: 0, value: null }).value).toBeNull();
  });
});

describe('a release mark', () => {
  const mark = releaseMark({ id: 'f', group: 'g' }, { topic: 't', partition: 2, key: original.key });

  it('goes to the redrive topic of the group, and is no copy', () => {
    expect(mark).toMatchObject({ topic: 'g.t.redrive', partition: 2, key: original.key, value: null });
    expect(readFailure(mark.headers)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../log/record.ts';
import { failureId, failureOf, type Thrown } from './failure.ts';

const record: ConsumedRecord = {
  topic: 't',
  partition: 2,
  offset: 7n,
  timestamp: 11,
  key: null,
  value: null,
  headers: [],
};
const who = { group: 'g', handler: 'g Opened', service: 's', version: '1' };
/** Attempts that failed at 1, 2, ... */
const failed = (...errors: readonly unknown[]) => ({
  ...who,
  thrown: errors.map((error, index): Thrown => ({ at: index + 1, error })),
});

describe('a failure', () => {
  it('knows who failed, where, and with what', () => {
    const failure = failureOf(record, failed(new Error('rattled'), new TypeError('jammed')));
    expect(failure).toMatchObject({
      id: failureId('g', record),
      place: { topic: 't', partition: 2, offset: 7n, timestamp: 11 },
      group: 'g',
      handler: 'g Opened',
      attempts: 2,
      first: { at: 1, errorClass: 'Error', message: 'rattled' },
      last: { at: 2, errorClass: 'TypeError', message: 'jammed' },
      redrives: 0,
      since: 1,
    });
    expect(failure.last.stack).toContain('failure.spec');
  });

  it('keeps what was first, and counts on', () => {
    const first = failureOf(record, failed(new Error('one')));
    const known = { ...first, redrives: 2, since: 5 };
    const again = failureOf(record, { ...failed(new Error('two'), new Error('three')), version: '2' }, known);
    expect(again).toMatchObject({ id: first.id, attempts: 3, redrives: 2, since: 5, version: '2' });
    expect(again.first).toEqual(first.first);
    expect(again.last.message).toBe('three');
    expect(again.history.map(({ message }) => message)).toEqual(['one', 'two', 'three']);
  });

  it('tells the last fifty attempts, in short', () => {
    const errors = Array.from({ length: 60 }, (_, index) => new RangeError(`${index} ${'é'.repeat(200)}`));
    const { attempts, history } = failureOf(record, failed(...errors));
    expect(attempts).toBe(60);
    expect(history).toHaveLength(50);
    expect(history[0]).toEqual({ at: 11, errorClass: 'RangeError', message: `10 ${'é'.repeat(98)}` });
  });

  it('is told in text that can be written, whatever was thrown (a lone surrogate in a message stopped its partition)', () => {
    const { first, history, handler } = failureOf(record, {
      ...failed(new Error('cut at \ud83d')),
      handler: 'g \udc00',
    });
    expect([handler, first.message, history[0]?.message]).toEqual([
      'g \ufffd',
      'cut at \ufffd',
      'cut at \ufffd',
    ]);
    expect(first.stack.isWellFormed()).toBe(true);
  });

  it('has an id that a repeat finds again, and no other group, and no other place', () => {
    const ids = [
      failureId('g', record),
      failureId('h', record),
      failureId('g', { ...record, partition: 3 }),
      failureId('g', { ...record, offset: 8n }),
      failureId('g', { ...record, topic: 'u' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(failureId('g', { ...record, timestamp: 99 } as ConsumedRecord)).toBe(ids[0]);
  });

  it('takes whatever was thrown', () => {
    expect(failureOf(record, failed('text')).last).toMatchObject({
      errorClass: 'Error',
      message: 'text',
    });
    expect(failureOf(record, failed(undefined)).last.message).toBe('undefined');
  });

  it('is short, whatever type a record says it is of', () => {
    const long = 'x'.repeat(100_000);
    expect(failureOf(record, { ...failed('text'), handler: long }).handler).toHaveLength(512);
    const error = Object.assign(new Error('jammed'), { name: long });
    expect(failureOf(record, failed(error)).last.errorClass).toHaveLength(512);
  });

  it('is cut where it is long, and not in the middle of a character', () => {
    const error = new Error(`a${'é'.repeat(2_000)}`);
    error.stack = '☂'.repeat(4_000);
    const { message, stack } = failureOf(record, failed(error)).last;
    expect(message).toBe(`a${'é'.repeat(511)}`);
    expect(stack).toBe('☂'.repeat(1_365));
  });
});

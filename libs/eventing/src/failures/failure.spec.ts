import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../kafka/record.ts';
import { failureId, failureOf } from './failure.ts';

const record: ConsumedRecord = {
  topic: 't',
  partition: 2,
  offset: 7n,
  timestamp: 11,
  key: null,
  value: null,
  headers: [],
};
const failed = { group: 'g', handler: 'g Opened', service: 's', version: '1', attempts: 3 };

describe('a failure', () => {
  it('knows who failed, where, and with what', () => {
    const failure = failureOf(record, { ...failed, error: new TypeError('jammed') });
    expect(failure).toMatchObject({
      id: failureId('g', record),
      place: { topic: 't', partition: 2, offset: 7n, timestamp: 11 },
      group: 'g',
      handler: 'g Opened',
      attempts: 3,
      last: { errorClass: 'TypeError', message: 'jammed' },
      redrives: 0,
    });
    expect(failure.first).toEqual(failure.last);
    expect(failure.since).toBe(failure.last.at);
    expect(failure.last.stack).toContain('failure.spec');
  });

  it('keeps what was first, and counts on', () => {
    const first = failureOf(record, { ...failed, error: new Error('one') });
    const known = { ...first, redrives: 2, since: 5 };
    const again = failureOf(record, { ...failed, version: '2', error: new Error('two') }, known);
    expect(again).toMatchObject({ id: first.id, attempts: 6, redrives: 2, since: 5, version: '2' });
    expect(again.first).toEqual(first.first);
    expect(again.last.message).toBe('two');
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
    expect(failureOf(record, { ...failed, error: 'text' }).last).toMatchObject({
      errorClass: 'Error',
      message: 'text',
    });
    expect(failureOf(record, { ...failed, error: undefined }).last.message).toBe('undefined');
  });

  it('is cut where it is long, and not in the middle of a character', () => {
    const error = new Error(`a${'é'.repeat(2_000)}`);
    error.stack = '☂'.repeat(4_000);
    const { message, stack } = failureOf(record, { ...failed, error }).last;
    expect(message).toBe(`a${'é'.repeat(511)}`);
    expect(stack).toBe('☂'.repeat(1_365));
  });
});

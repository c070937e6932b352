import { describe, expect, it } from '@jest/globals';
import { type ConsumedRecord, header, type Headers } from '../log/record.ts';
import { FAILURE, originalOf, readFailure, withFailure } from './failure-headers.ts';
import { failureOf } from './failure.ts';

const foreign: Headers = [
  ['ce_id', Buffer.from('1')],
  ['twice', Buffer.from([0xff])],
  ['failure-mode', Buffer.from('soft')],
  ['twice', null],
];
const record: ConsumedRecord = {
  topic: 't',
  partition: 2,
  offset: 2n ** 53n,
  timestamp: 11,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: foreign,
};
const failure = failureOf(record, {
  group: 'g',
  handler: 'g Opened',
  service: 's',
  version: '1',
  thrown: [
    { at: 1, error: new Error('rattled') },
    { at: 1, error: new Error('jammed: Zoë') },
  ],
});

describe('the headers of a failure', () => {
  it('tell all that is known about it', () => {
    expect(readFailure(withFailure(foreign, failure))).toEqual(failure);
  });

  it('stand beside those of the record, which stay as they are', () => {
    const headers = withFailure(foreign, failure, { [FAILURE.due]: '5' });
    expect(headers.slice(0, foreign.length)).toEqual(foreign);
    expect(originalOf({ ...record, topic: 'copies', partition: 0, offset: 1n, headers })).toEqual(record);
  });

  it('are replaced by those of a later failure', () => {
    const later = { ...failure, attempts: 9 };
    const headers = withFailure(withFailure(foreign, failure, { [FAILURE.due]: '5' }), later);
    expect(readFailure(headers)).toEqual(later);
    expect(headers.filter(([name]) => name === FAILURE.attempts)).toHaveLength(1);
    expect(headers.some(([name]) => name === FAILURE.due)).toBe(false);
  });

  it.each(['', 'null', '[5]', '[[1,"Error"]]', '[["now","Error","jammed"]]', '[[9e15,"Error","jammed"]]'])(
    'tell the rest when the list of attempts is %p',
    (history) => {
      const headers = withFailure(foreign, failure, { [FAILURE.history]: history });
      expect(readFailure(headers)).toEqual({ ...failure, history: [] });
    },
  );

  it('have room for the last attempts, whatever their texts are made of', () => {
    const attempt = { at: 1, errorClass: 'Error', message: '\u0000'.repeat(200) };
    const noisy = { ...failure, history: Array.from({ length: 50 }, (_, at) => ({ ...attempt, at })) };
    const headers = withFailure(foreign, noisy);
    expect(header(headers, FAILURE.history)?.length).toBeLessThanOrEqual(16_384);
    expect(readFailure(headers)?.history.at(-1)?.at).toBe(49);
  });

  it('take no room for texts that nobody here has written', () => {
    const long = 'x'.repeat(100_000);
    const attempts = JSON.stringify(Array.from({ length: 1_000 }, () => [1, long.slice(0, 1_000), long]));
    const known = readFailure(
      withFailure(foreign, failure, { [FAILURE.lastStack]: long, [FAILURE.history]: attempts }),
    );
    expect(known?.last.stack).toHaveLength(4_096);
    expect(known?.history).toHaveLength(50);
    expect(known?.history[0]).toEqual({ at: 1, errorClass: 'x'.repeat(200), message: 'x'.repeat(200) });
  });

  it('count no further than whoever is told can', () => {
    const most = { ...failure, attempts: 2 ** 31 - 1 };
    const again = failureOf(
      record,
      { group: 'g', handler: 'h', service: 's', version: '1', thrown: [{ at: 1, error: 1 }] },
      most,
    );
    expect(readFailure(withFailure(foreign, again))?.attempts).toBe(2 ** 31 - 1);
  });

  it('tell no time that no calendar has', () => {
    expect(
      readFailure(withFailure(foreign, failure, { [FAILURE.firstAt]: '9000000000000000' })),
    ).toBeUndefined();
  });

  it.each<[string, Headers]>([
    ['there are none', foreign],
    ['there is an id alone', [[FAILURE.id, Buffer.from('x')]]],
    [
      'the place is none',
      withFailure([], failure).map(([name, value]) => [
        name,
        FAILURE.offset === name ? Buffer.from('here') : value,
      ]),
    ],
    ['one of them is there twice', [...withFailure([], failure), [FAILURE.attempts, Buffer.from('1')]]],
    ['the offset has more than 64 bits', withFailure([], failure, { [FAILURE.offset]: String(2n ** 63n) })],
    ['an attempt is none', withFailure([], failure, { [FAILURE.attempts]: '-1' })],
    ['there were too many attempts', withFailure([], failure, { [FAILURE.attempts]: String(2 ** 31) })],
    ['they are empty', withFailure([], failure).map(([name]) => [name, null])],
  ])('are nobody’s when %s', (_, headers) => {
    expect(readFailure(headers)).toBeUndefined();
    const copy = { ...record, headers };
    expect(originalOf(copy)).toBe(copy);
  });
});

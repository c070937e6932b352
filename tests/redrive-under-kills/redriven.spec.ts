import { describe, expect, it } from '@jest/globals';
import { textOf } from '../harness/checks/violation.ts';
import { check as find, type Letters } from './redriven.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const told = ['DeadLetterReported', 'RedriveRequested', 'RedriveSent', 'RedriveHandled'];
const happenings = ['a', 'b'].flatMap((deadLetterId) => told.map((type) => ({ deadLetterId, type })));
const good: Letters = {
  expected: 2,
  deadLetters: ['a', 'b'],
  copies: ['b', 'a'],
  events: happenings,
  history: happenings,
  rows: ['a', 'b'].map((deadLetterId) => ({ deadLetterId, status: 'handled' })),
};

describe('redriven', () => {
  it('holds when each was given back and handled once, and others were refused', () => {
    const refused = { deadLetterId: 'a', type: 'RedriveRefused' };
    expect(check({ ...good, events: [...happenings, refused] })).toEqual([]);
  });

  it.each<[string, Partial<Letters>, string]>([
    ['a record that is no dead letter', { expected: 3 }, '3 records failed, and 2 are dead letters'],
    ['a dead letter of nothing that failed', { expected: 1 }, '1 records failed, and 2 are dead letters'],
    ['a copy of what is no dead letter', { copies: ['a', 'b', 'x'] }, 'x: copy, but no dead letter'],
    ['a dead letter that is there twice', { deadLetters: ['a', 'b', 'b'] }, 'b: dead letter 2 times'],
    ['one that was never given back', { copies: ['a'] }, 'b: no copy'],
    ['one that was given back twice', { copies: ['a', 'b', 'a'] }, 'a: copy 2 times'],
    [
      'one that is sent twice by its history',
      { events: [...happenings, { deadLetterId: 'a', type: 'RedriveSent' }] },
      'a: RedriveSent in the log 2 times',
    ],
    [
      'one that was handled, and not shown so',
      { history: happenings.slice(0, -1) },
      'b: no RedriveHandled in the read model',
    ],
    [
      'one that failed again',
      { events: [...happenings, { deadLetterId: 'b', type: 'RedriveFailed' }] },
      'b: RedriveFailed in the log',
    ],
    [
      'one that is still under way',
      { rows: [...good.rows.slice(1), { deadLetterId: 'a', status: 'sent' }] },
      'a: not handled, but sent',
    ],
  ])('finds %s', (_, change, violation) => {
    expect(check({ ...good, ...change })).toContain(violation);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Message } from '../domain/index.ts';
import { received } from '../testing/specification.ts';
import { runsOf } from './runs.ts';

const event = (type: string, subject: string) => received({ type, data: {} } as Message, { subject });
const shape = (events: ReturnType<typeof event>[]) =>
  runsOf(events).map(({ type, events: run }) => [type, run.map(({ metadata }) => metadata.subject).join('')]);

describe('runs of one type', () => {
  it('gather events of different aggregates', () => {
    expect(
      shape([
        event('Placed', 'a'),
        event('Placed', 'b'),
        event('Confirmed', 'a'),
        event('Placed', 'c'),
        event('Confirmed', 'c'),
      ]),
    ).toEqual([
      ['Placed', 'abc'],
      ['Confirmed', 'ac'],
    ]);
  });

  it('keep the order within an aggregate', () => {
    expect(
      shape([event('Reserved', 'a'), event('Released', 'a'), event('Reserved', 'a'), event('Reserved', 'b')]),
    ).toEqual([
      ['Reserved', 'ab'],
      ['Released', 'a'],
      ['Reserved', 'a'],
    ]);
  });
});

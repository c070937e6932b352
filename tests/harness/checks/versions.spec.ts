import { describe, expect, it } from '@jest/globals';
import type { DomainEvent } from '../log/events.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { a, b, eventOf, good, withEvents } from './good-run.ts';
import { check as find } from './versions.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const changed = (id: string, changes: Partial<DomainEvent>) =>
  withEvents((events) => events.map((event) => (event.id === id ? { ...event, ...changes } : event)));
const without = (id: string) => withEvents((events) => events.filter((event) => event.id !== id));

describe('versions', () => {
  it('holds when each aggregate counts from 1', () => {
    expect(check(good)).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    ['a gap', without('a2'), `orders.events ${a}: version 3 at orders.events-0@3 follows 1`],
    [
      'a beginning that is gone',
      without('b1'),
      `orders.events ${b}: version 2 at orders.events-0@5 follows 0`,
    ],
    [
      'a repeat: two writers decided on the same state',
      withEvents((events) => [...events, { ...eventOf('b3'), offset: 50n }]),
      `orders.events ${b}: version 3 at orders.events-0@50 follows 3`,
    ],
    ['a version that the event does not say', changed('a2', { version: NaN }), 'version NaN'],
    [
      'versions that are the wrong way round',
      changed('a2', { version: 3 }),
      'version 3 at orders.events-0@2 follows 1',
    ],
    [
      'an aggregate in two partitions',
      changed('a4', { partition: 1 }),
      'is in orders.events-0 and at orders.events-1',
    ],
    [
      'events out of the order of the log',
      changed('a4', { offset: 1n }),
      'orders.events-0@1: comes after offset 8',
    ],
    ['a run without events', { ...good, events: [] }, 'no events, so there is nothing to check'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});

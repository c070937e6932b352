import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import { check as find } from './acknowledged.ts';
import { a, b, c, eventOf, good, withEvents } from './good-run.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const lost = 'dddddddd-0000-4000-8000-000000000004';
const told = (...acknowledged: [string, string][]): Evidence => ({
  ...good,
  told: { ...good.told, acknowledged: new Map([...good.told.acknowledged, ...acknowledged]) },
});

describe('acknowledged', () => {
  it('holds when each order was placed and settled once', () => {
    expect(check(good)).toEqual([]);
  });

  it('lets an order be missing when its client never heard', () => {
    const evidence = withEvents((events) => events.filter(({ subject }) => subject !== c));
    expect(check(evidence)).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    ['an order that was lost', told([lost, 'key-d']), `${lost}: acknowledged, but not placed`],
    [
      'an order that hangs',
      withEvents((events) => events.filter(({ id }) => id !== 'a3')),
      `${a}: not settled`,
    ],
    [
      'an order that hangs, and whose client never heard',
      withEvents((events) => events.filter(({ id }) => id !== 'c3')),
      `${c}: not settled`,
    ],
    [
      'an order that is settled twice',
      withEvents((events) => [...events, { ...eventOf('a3'), id: 'x', type: 'OrderCancelled' }]),
      `${a}: settled 2 times: OrderConfirmed, OrderCancelled`,
    ],
    [
      'an order that is placed twice',
      withEvents((events) => [...events, { ...eventOf('b1'), id: 'x' }]),
      `${b}: placed 2 times`,
    ],
    [
      'an outcome of nothing',
      withEvents((events) => events.filter(({ id }) => id !== 'c1')),
      `${c}: settled, but never placed`,
    ],
    [
      'an order that nobody asked for',
      { ...good, told: { ...good.told, unknown: new Set() } },
      `1 orders were placed that no client was told of, the first is ${c}; 0 requests have no answer yet`,
    ],
    ['two orders of one key', told([c, 'key-a']), `${c}: has the Idempotency-Key key-a of ${a}`],
    [
      'a run without acknowledged orders',
      { ...good, told: { ...good.told, acknowledged: new Map() } },
      'nothing',
    ],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});

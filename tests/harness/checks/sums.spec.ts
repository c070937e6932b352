import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import { eventOf, good, withEvents, withRows } from './good-run.ts';
import { check as find } from './sums.ts';
import { columnOf, textOf } from './violation.ts';

const { rows } = good;
const [sale] = rows.sales;
const [customer] = rows.customers;

describe('sums', () => {
  it('hold when rows add up to what the events do, each partition its own', () => {
    expect(find(good)).toEqual([]);
    const none = { orders: 0n, quantity: 0n, amount: 0n };
    const parts = [{ ...sale, ...none }, sale] as Evidence['rows']['sales'];
    expect(find(withRows({ sales: parts }))).toEqual([]);
  });

  it('hold when an order began with what everybody reads it as', () => {
    const { customerId, ...data } = eventOf('a1').data as { customerId: string };
    const submitted = {
      ...eventOf('a1'),
      type: 'OrderSubmitted',
      data: { ...data, customer: { id: customerId } },
    };
    expect(
      find(withEvents((events) => events.map((event) => (event.id === 'a1' ? submitted : event)))),
    ).toEqual([]);
  });

  const sold = (change: object) => withRows({ sales: [{ ...sale, ...change }] as Evidence['rows']['sales'] });
  const counted = (change: object) =>
    withRows({ customers: [{ ...customer, ...change }] as Evidence['rows']['customers'] });
  it.each<[string, Evidence, string, string]>([
    [
      'a sale that is missing',
      withRows({ sales: [] }),
      'lost',
      '1970-01-01 POT EUR orders: 0 in sales, 1 by the log',
    ],
    [
      'a sale that was added twice',
      sold({ quantity: 4n }),
      'duplicated',
      'POT EUR quantity: 4 in sales, 2 by the log',
    ],
    [
      'a sale of another amount',
      sold({ amount: 899n }),
      'lost',
      'POT EUR amount: 899 in sales, 900 by the log',
    ],
    [
      'a sale of another day',
      sold({ day: '1970-01-02' }),
      'duplicated',
      '1970-01-02 POT EUR orders: 1 in sales, 0',
    ],
    [
      'an order that was counted twice',
      counted({ placed: 4n }),
      'duplicated',
      'ada EUR placed: 4 in customer_sum',
    ],
    [
      'an outcome that was not counted',
      counted({ rejected: 0n }),
      'lost',
      'ada EUR rejected: 0 in customer_summ',
    ],
    [
      'an order that was paid twice',
      counted({ spent: 1_800n }),
      'duplicated',
      'ada EUR spent: 1800 in customer_s',
    ],
    ['a run without events', { ...good, events: [] }, 'other', 'no events, so there is nothing to check'],
  ])('finds %s', (_, evidence, column, text) => {
    const found = find(evidence);
    expect(found.map(textOf).join('; ')).toContain(text);
    expect(found.map(columnOf)).toContain(column);
  });
});

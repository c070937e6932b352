import type { DomainEvent } from '../log/events.ts';
import { type Evidence, outcomes, placements } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** What rows add up to is what the events add up to: nothing was added twice, and nothing left out. */
export function check({ events, rows }: Evidence): Violation[] {
  if (events.length === 0) return [nothingToCheck('sums', 'there are no events')];
  return [
    ...compared('sales', salesIn(events), sumOf(rows.sales)),
    ...compared('customer_summaries', customersIn(events), sumOf(rows.customers)),
  ];
}

/** A number, by what is counted and of what. */
type Sums = ReadonlyMap<string, bigint>;
type Part = readonly [what: string, added: bigint];

function added(parts: Iterable<Part>): Sums {
  const sums = new Map<string, bigint>();
  for (const [what, more] of parts) sums.set(what, (sums.get(what) ?? 0n) + more);
  return sums;
}

/** A row is named by its texts, and counts with its numbers. */
const sumOf = (rows: readonly Readonly<Record<string, string | bigint>>[]): Sums =>
  added(
    rows.flatMap((row) => {
      const name = Object.values(row).filter((value) => typeof value === 'string');
      return Object.entries(row).flatMap(([column, value]): Part[] =>
        typeof value === 'bigint' ? [[[...name, column].join(' '), value]] : [],
      );
    }),
  );

const salesIn = (events: readonly DomainEvent[]): Sums =>
  added(
    events
      .filter(({ type }) => type === 'OrderConfirmed')
      .flatMap(({ data, time }) => data.lines.flatMap((line: Line) => sale(line, time))),
  );

interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly currency: string };
}

function sale({ sku, quantity, unitPrice: { amount, currency } }: Line, time: number): Part[] {
  const name = `${new Date(time).toISOString().slice(0, 10)} ${sku} ${currency}`;
  return [
    [`${name} orders`, 1n],
    [`${name} quantity`, BigInt(quantity)],
    [`${name} amount`, BigInt(quantity) * BigInt(amount)],
  ];
}

const customersIn = (events: readonly DomainEvent[]): Sums =>
  added(
    events.flatMap(({ type, data }): Part[] => {
      const column = placements.has(type) ? 'placed' : outcomes.get(type);
      if (column === undefined) return [];
      const name = `${data.customer?.id ?? data.customerId} ${data.total.currency}`;
      const counted: Part = [`${name} ${column}`, 1n];
      return column === 'confirmed' ? [counted, [`${name} spent`, BigInt(data.total.amount)]] : [counted];
    }),
  );

function compared(table: 'sales' | 'customer_summaries', log: Sums, shown: Sums): Violation[] {
  return [...new Set([...log.keys(), ...shown.keys()])].flatMap((row) => {
    const [inLog, inTable] = [log.get(row) ?? 0n, shown.get(row) ?? 0n];
    if (inLog === inTable) return [];
    const kind = inTable < inLog ? 'sum-short' : 'sum-over';
    return [{ kind, table, row, log: inLog, shown: inTable } as const];
  });
}

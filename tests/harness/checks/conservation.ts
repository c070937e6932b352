import { conservation } from '../../../tools/demo/conservation.ts';
import type { DomainEvent } from '../log/events.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Stock is neither lost nor made up: in the end, as the demo checks it, and at each event on the way. */
export function check({ events, rows }: Evidence): Violation[] {
  if (events.length === 0) return [nothingToCheck('conservation', 'there are no events')];
  if (rows.products.length === 0) return [nothingToCheck('conservation', 'there are no products')];
  const { orders, products } = rows;
  // E-mails have a check of their own.
  const atTheEnd = conservation({ events, orders, products, mails: [], run: [] });
  return [
    ...atTheEnd.flatMap(({ violations }) => violations),
    ...withoutRow(events, new Set(products.map(({ sku }) => sku))),
    ...oversold(events),
  ];
}

const withoutRow = (events: readonly DomainEvent[], shown: ReadonlySet<string>): Violation[] =>
  events
    .filter(({ type, subject }) => type === 'ProductAdded' && !shown.has(subject))
    .map(({ subject }) => ({ kind: 'product-without-row', sku: subject }));

/** Never was more held than lay on the shelf, and nobody got what they did not hold. */
function oversold(events: readonly DomainEvent[]): Violation[] {
  const shelves = new Map<string, Shelf>();
  const violations: Violation[] = [];
  for (const { type, subject: sku, version, data } of events) {
    const shelf = shelves.get(sku) ?? { onHand: 0, reserved: 0, held: new Map<string, number>() };
    const hold = (quantity: number) => {
      shelf.reserved += quantity;
      shelf.held.set(data.orderId, (shelf.held.get(data.orderId) ?? 0) + quantity);
    };
    if (type === 'ProductAdded') shelf.onHand += data.onHand;
    else if (type === 'StockReceived') shelf.onHand += data.quantity;
    else if (type === 'StockReserved') hold(data.quantity);
    else if (type === 'StockReleased') hold(-data.quantity);
    else if (type === 'StockShipped') {
      shelf.onHand -= data.quantity;
      hold(-data.quantity);
    } else continue;
    shelves.set(sku, shelf);
    const { reserved, onHand } = shelf;
    if (reserved > onHand) violations.push({ kind: 'stock-oversold', sku, version, reserved, onHand });
    if ((shelf.held.get(data.orderId) ?? 0) < 0)
      violations.push({ kind: 'stock-given-back-again', sku, version, order: data.orderId });
  }
  return violations;
}

interface Shelf {
  onHand: number;
  reserved: number;
  readonly held: Map<string, number>;
}

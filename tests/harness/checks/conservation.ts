import { conservation } from '../../../tools/demo/conservation.ts';
import type { DomainEvent } from '../log/events.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** Stock is neither lost nor made up: in the end, as the demo checks it, and at each event on the way. */
export function check({ events, rows }: Evidence): string[] {
  if (events.length === 0) return ['conservation: there are no events to check'];
  if (rows.products.length === 0) return ['conservation: there are no products to check'];
  const { orders, products } = rows;
  // E-mails have a check of their own.
  const atTheEnd = conservation({ events, orders, products, mails: [], run: [] });
  return [
    ...atTheEnd.flatMap(({ violations }) => violations),
    ...withoutRow(events, new Set(products.map(({ sku }) => sku))),
    ...oversold(events),
  ];
}

const withoutRow = (events: readonly DomainEvent[], shown: ReadonlySet<string>) =>
  events
    .filter(({ type, subject }) => type === 'ProductAdded' && !shown.has(subject))
    .map(({ subject }) => `${subject}: added, but it has no row`);

/** Never was more held than lay on the shelf, and nobody got what they did not hold. */
function oversold(events: readonly DomainEvent[]): string[] {
  const shelves = new Map<string, Shelf>();
  const violations: string[] = [];
  for (const { type, subject, version, data } of events) {
    const shelf = shelves.get(subject) ?? { onHand: 0, reserved: 0, held: new Map<string, number>() };
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
    shelves.set(subject, shelf);
    const of = `${subject} at version ${version}`;
    if (shelf.reserved > shelf.onHand)
      violations.push(`${of}: ${shelf.reserved} reserved of ${shelf.onHand} on hand`);
    if ((shelf.held.get(data.orderId) ?? 0) < 0)
      violations.push(`${of}: ${data.orderId} gave back or got more than it held`);
  }
  return violations;
}

interface Shelf {
  onHand: number;
  reserved: number;
  readonly held: Map<string, number>;
}

import type { ConservationViolation as Violation } from './violation.ts';

export interface DomainEvent {
  readonly id: string;
  readonly type: string;
  /** The order's id, or the product's sku. */
  readonly subject: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each type has its own data
  readonly data: any;
}

export interface OrderRow {
  readonly orderId: string;
  readonly status: string;
}

export interface ProductRow {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
}

export interface Mail {
  readonly messageId: string;
  readonly text: string;
}

/** Everything that the platform says of itself, at one moment. */
export interface Facts {
  /** All events, of each subject in their order. */
  readonly events: readonly DomainEvent[];
  readonly orders: readonly OrderRow[];
  readonly products: readonly ProductRow[];
  readonly mails: readonly Mail[];
  /** The orders of this run: only their e-mails are looked for, and they must be settled. */
  readonly run: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly violations: readonly Violation[];
}

/** The status of an order's row after each of the events that settle it. */
export const outcomes: ReadonlyMap<string, string> = new Map([
  ['OrderConfirmed', 'confirmed'],
  ['OrderRejected', 'rejected'],
  ['OrderCancelled', 'cancelled'],
]);

/** What an order may begin with: as it was written, or as it is read. */
export const placements: ReadonlySet<string> = new Set(['OrderPlaced', 'OrderSubmitted']);

/** What must hold whatever happened on the way. Computed from the events, compared with everything else. */
export function conservation(facts: Facts): Check[] {
  const stock = stockOf(facts.events);
  return [
    { name: 'received = on hand + shipped, for each product', violations: onHand(stock, facts) },
    { name: 'reserved = open reservations, for each product', violations: reserved(stock, facts) },
    { name: 'a confirmed order shipped all its lines', violations: shippedLines(stock, facts) },
    { name: 'any other settled order holds nothing', violations: heldBySettled(stock, facts) },
    { name: 'one outcome and one row for each order', violations: oneOutcome(facts) },
    { name: 'at least one e-mail for each settled order', violations: oneMail(facts) },
  ];
}

/** E-mails beyond the first of one event: SMTP has no exactly-once. */
export const duplicateMails = ({ mails }: { readonly mails: readonly Mail[] }) =>
  mails.length - new Set(mails.map(({ messageId }) => messageId)).size;

interface Stock {
  received: number;
  shipped: number;
  /** Pieces by order: held now, and shipped in all. */
  readonly held: Map<string, number>;
  readonly shippedTo: Map<string, number>;
}

function stockOf(events: readonly DomainEvent[]): Map<string, Stock> {
  const stocks = new Map<string, Stock>();
  for (const { type, subject, data } of events) {
    const stock = stocks.get(subject) ?? { received: 0, shipped: 0, held: new Map(), shippedTo: new Map() };
    const add = (to: Map<string, number>, quantity: number) =>
      to.set(data.orderId, (to.get(data.orderId) ?? 0) + quantity);
    if (type === 'ProductAdded') stock.received += data.onHand;
    else if (type === 'StockReceived') stock.received += data.quantity;
    else if (type === 'StockReserved') add(stock.held, data.quantity);
    else if (type === 'StockReleased') add(stock.held, -data.quantity);
    else if (type === 'StockShipped') {
      stock.shipped += data.quantity;
      add(stock.held, -data.quantity);
      add(stock.shippedTo, data.quantity);
    } else continue;
    stocks.set(subject, stock);
  }
  return stocks;
}

function onHand(stocks: Map<string, Stock>, { products }: Facts): Violation[] {
  return products.flatMap(({ sku, onHand: shown }) => {
    const { received = 0, shipped = 0 } = stocks.get(sku) ?? {};
    if (shown === received - shipped && shown >= 0) return [];
    return [{ kind: 'on-hand-wrong', sku, received, shipped, onHand: shown }];
  });
}

function reserved(stocks: Map<string, Stock>, { products }: Facts): Violation[] {
  return products.flatMap(({ sku, reserved: shown }) => {
    const quantities = [...(stocks.get(sku)?.held.values() ?? [])];
    const held = quantities.reduce((sum, quantity) => sum + quantity, 0);
    const violations: Violation[] = [];
    if (quantities.some((quantity) => quantity < 0)) violations.push({ kind: 'released-too-much', sku });
    if (shown !== held) violations.push({ kind: 'reserved-wrong', sku, held, reserved: shown });
    return violations;
  });
}

const settlements = ({ events }: Facts) => events.filter(({ type }) => outcomes.has(type));

function shippedLines(stocks: Map<string, Stock>, facts: Facts): Violation[] {
  const confirmed = settlements(facts).filter(({ type }) => type === 'OrderConfirmed');
  return confirmed.flatMap(({ subject: order, data }) =>
    data.lines.flatMap(({ sku, quantity }: { sku: string; quantity: number }): Violation[] => {
      const shipped = stocks.get(sku)?.shippedTo.get(order) ?? 0;
      return shipped === quantity ? [] : [{ kind: 'line-not-shipped', order, sku, shipped, quantity }];
    }),
  );
}

function heldBySettled(stocks: Map<string, Stock>, facts: Facts): Violation[] {
  const outcomeOf = new Map(settlements(facts).map(({ subject, type }) => [subject, type]));
  return [...stocks].flatMap(([sku, { held, shippedTo }]) => {
    const kept = [...held].filter(([order, quantity]) => quantity > 0 && outcomeOf.has(order));
    const gone = [...shippedTo].filter(([order]) => outcomeOf.get(order) !== 'OrderConfirmed');
    return [
      ...kept.map(([order, quantity]) => ({ kind: 'stock-kept', order, sku, quantity }) as const),
      ...gone.map(([order, quantity]) => ({ kind: 'shipped-unconfirmed', order, sku, quantity }) as const),
    ];
  });
}

function oneOutcome(facts: Facts): Violation[] {
  const rows = new Map(facts.orders.map(({ orderId, status }) => [orderId, status]));
  const placed = facts.events.filter(({ type }) => placements.has(type)).map(({ subject }) => subject);
  const settled = Map.groupBy(settlements(facts), ({ subject }) => subject);
  const run = new Set(facts.run);
  const wrong = placed.flatMap((order): Violation[] => {
    const types = (settled.get(order) ?? []).map(({ type }) => type);
    const status = types.length === 0 ? 'pending' : outcomes.get(types[0] ?? '');
    const shown = rows.get(order);
    if (types.length > 1) return [{ kind: 'order-settled-again', order, outcomes: types }];
    if (types.length === 0 && run.has(order)) return [{ kind: 'order-not-settled', order }];
    return shown === status ? [] : [{ kind: 'row-of-another-status', order, status, shown }];
  });
  const known = new Set(placed);
  const missing = facts.run.filter((order) => !known.has(order));
  const invented = [...rows.keys()].filter((order) => !known.has(order));
  return [
    ...wrong,
    ...(placed.length === known.size ? [] : [{ kind: 'some-order-placed-again' } as const]),
    ...missing.map((order) => ({ kind: 'order-accepted-only', order }) as const),
    ...invented.map((order) => ({ kind: 'row-without-order', order }) as const),
  ];
}

function oneMail(facts: Facts): Violation[] {
  const run = new Set(facts.run);
  return settlements(facts)
    .filter(({ subject }) => run.has(subject))
    .flatMap(({ id: outcome, subject: order }): Violation[] => {
      const mails = facts.mails.filter(({ text }) => text.includes(order));
      if (mails.length === 0) return [{ kind: 'mail-missing', order }];
      return mails
        .filter(({ messageId }) => !messageId.includes(outcome))
        .map(({ messageId }) => ({ kind: 'mail-of-another-event', order, messageId, outcome }));
    });
}

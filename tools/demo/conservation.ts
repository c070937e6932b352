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
  readonly violations: readonly string[];
}

const outcomes: Readonly<Record<string, string>> = {
  OrderConfirmed: 'confirmed',
  OrderRejected: 'rejected',
  OrderCancelled: 'cancelled',
};

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
export const duplicateMails = ({ mails }: Facts) =>
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

function onHand(stocks: Map<string, Stock>, { products }: Facts): string[] {
  return products.flatMap(({ sku, onHand: shown }) => {
    const { received = 0, shipped = 0 } = stocks.get(sku) ?? {};
    if (shown === received - shipped && shown >= 0) return [];
    return [`${sku}: ${received} received, ${shipped} shipped, but ${shown} on hand`];
  });
}

function reserved(stocks: Map<string, Stock>, { products }: Facts): string[] {
  return products.flatMap(({ sku, reserved: shown }) => {
    const held = [...(stocks.get(sku)?.held.values() ?? [])];
    const negative = held.some((quantity) => quantity < 0) ? [`${sku}: more let go than was held`] : [];
    const open = held.reduce((sum, quantity) => sum + quantity, 0);
    return shown === open
      ? negative
      : [...negative, `${sku}: ${open} held for orders, but ${shown} reserved`];
  });
}

const settlements = ({ events }: Facts) => events.filter(({ type }) => type in outcomes);

function shippedLines(stocks: Map<string, Stock>, facts: Facts): string[] {
  const confirmed = settlements(facts).filter(({ type }) => type === 'OrderConfirmed');
  return confirmed.flatMap(({ subject, data }) =>
    data.lines.flatMap(({ sku, quantity }: { sku: string; quantity: number }) => {
      const shipped = stocks.get(sku)?.shippedTo.get(subject) ?? 0;
      return shipped === quantity ? [] : [`${subject}: ${shipped} of ${quantity} ${sku} shipped`];
    }),
  );
}

function heldBySettled(stocks: Map<string, Stock>, facts: Facts): string[] {
  const outcomeOf = new Map(settlements(facts).map(({ subject, type }) => [subject, type]));
  return [...stocks].flatMap(([sku, { held, shippedTo }]) => {
    const kept = [...held].filter(([order, quantity]) => quantity > 0 && outcomeOf.has(order));
    const lost = [...shippedTo].filter(([order]) => outcomeOf.get(order) !== 'OrderConfirmed');
    return [
      ...kept.map(([order, quantity]) => `${order}: settled, but holds ${quantity} ${sku}`),
      ...lost.map(([order, quantity]) => `${order}: not confirmed, but ${quantity} ${sku} shipped`),
    ];
  });
}

function oneOutcome(facts: Facts): string[] {
  const rows = new Map(facts.orders.map(({ orderId, status }) => [orderId, status]));
  const placed = facts.events.filter(({ type }) => type === 'OrderPlaced').map(({ subject }) => subject);
  const settled = Map.groupBy(settlements(facts), ({ subject }) => subject);
  const run = new Set(facts.run);
  const wrong = placed.flatMap((order) => {
    const types = (settled.get(order) ?? []).map(({ type }) => type);
    const expected = types.length === 0 ? 'pending' : outcomes[types[0] ?? ''];
    if (types.length > 1) return [`${order}: settled ${types.length} times: ${types.join(', ')}`];
    if (types.length === 0 && run.has(order)) return [`${order}: not settled`];
    return rows.get(order) === expected ? [] : [`${order}: ${expected}, but its row says ${rows.get(order)}`];
  });
  const known = new Set(placed);
  const twice = placed.length === known.size ? [] : ['an order was placed twice'];
  const missing = facts.run
    .filter((order) => !known.has(order))
    .map((order) => `${order}: accepted, but not placed`);
  const invented = [...rows.keys()]
    .filter((order) => !known.has(order))
    .map((order) => `${order}: only a row`);
  return [...wrong, ...twice, ...missing, ...invented];
}

function oneMail(facts: Facts): string[] {
  const run = new Set(facts.run);
  return settlements(facts)
    .filter(({ subject }) => run.has(subject))
    .flatMap(({ id, subject }) => {
      const mails = facts.mails.filter(({ text }) => text.includes(subject));
      if (mails.length === 0) return [`${subject}: no e-mail`];
      const others = mails.filter(({ messageId }) => !messageId.includes(id));
      return others.map(
        ({ messageId }) => `${subject}: an e-mail is not of its outcome ${id} but ${messageId}`,
      );
    });
}

import type { Random } from '../random.ts';

export interface OrderBody {
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** One order that the demo places, and what it does with it. */
export interface PlannedOrder {
  /** What it is called in reports: `order 7`, or `line 7` of a file. */
  readonly name: string;
  readonly key: string;
  readonly body: OrderBody;
  readonly cancelled: boolean;
  readonly repeated: boolean;
}

export interface Product {
  readonly sku: string;
  readonly available: number;
}

/** More of one product than one order may have: scarce products have fewer, so such an order cannot be filled. */
const tooMany = 1_000;
const share = 0.05;
const customers = ['ada', 'artemisia', 'berthe', 'frida', 'georgia', 'hilma', 'judith', 'sofonisba'];

/** Realistic orders of several customers, one to five lines each: the same for the same seed and run. */
export function planOrders(
  count: number,
  products: readonly Product[],
  random: Random,
  run: string,
): PlannedOrder[] {
  const plenty = products.filter(({ available }) => available >= tooMany).map(({ sku }) => sku);
  const scarce = products.filter(({ available }) => available < tooMany).map(({ sku }) => sku);
  return Array.from({ length: count }, (_, index) => {
    const lines = random
      .some(random.between(1, 5), plenty)
      .map((sku) => ({ sku, quantity: random.between(1, 3) }));
    const [outOfStock] = random.chance(share) ? random.some(1, scarce) : [];
    if (outOfStock)
      lines.splice(random.between(0, lines.length - 1), 1, { sku: outOfStock, quantity: tooMany });
    const [customer] = random.some(1, customers);
    return {
      name: `order ${index + 1}`,
      key: `${run}-${index + 1}`,
      body: { customerId: String(customer), email: `${customer}@example.com`, lines },
      cancelled: random.chance(share),
      repeated: random.chance(share),
    };
  });
}

/** A line of a file that is no order. */
export interface BadLine {
  readonly number: number;
  readonly reason: string;
}

/** One REST body a line; empty lines are nothing. What an order is, the gateway decides. */
export function readOrders(text: string, run: string): { orders: PlannedOrder[]; bad: BadLine[] } {
  const orders: PlannedOrder[] = [];
  const bad: BadLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const body = JSON.parse(line) as OrderBody;
      const number = index + 1;
      orders.push({
        name: `line ${number}`,
        key: `${run}-${number}`,
        body,
        cancelled: false,
        repeated: false,
      });
    } catch (error) {
      bad.push({ number: index + 1, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { orders, bad };
}

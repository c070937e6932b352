import type { Random } from '../../../tools/random.ts';

export interface PlannedOrder {
  readonly number: number;
  readonly key: string;
  readonly body: object;
  /** Sent twice at the same time, to two gateways. */
  readonly repeated: boolean;
  readonly cancelled: boolean;
}

/** Products of the catalogue of which there is plenty, and one that is sold out. */
export const plenty = [
  'EASEL-01',
  'EASEL-02',
  'BRUSH-01',
  'BRUSH-02',
  'CANVAS-01',
  'CANVAS-02',
  'OIL-01',
  'OIL-02',
  'PAPER-01',
  'CHARCOAL-01',
  'KNIFE-01',
];
const soldOut = 'GOLD-01';

/** Mostly one line; some orders cannot be filled, some are cancelled at once, some are sent twice. */
export function planOrder(run: string, number: number, random: Random): PlannedOrder {
  const skus = random.some(random.chance(0.15) ? 2 : 1, plenty);
  if (random.chance(0.01)) skus[skus.length - 1] = soldOut;
  const customer = `c${random.between(1, 50)}`;
  return {
    number,
    key: `${run}-${number}`,
    body: {
      customerId: customer,
      email: `${customer}@example.com`,
      lines: skus.map((sku) => ({ sku, quantity: random.between(1, 2) })),
    },
    repeated: random.chance(0.02),
    cancelled: random.chance(0.02),
  };
}

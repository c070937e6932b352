import { StackError } from '../stack-error.ts';
import { STANDSTILL_MS } from '../standstill.ts';
import { waitUntil } from '../wait-until.ts';

interface Product {
  sku: string;
  name: string;
  unitPrice: { amount: number; currency: string };
  onHand: number;
}

/** Of this product there is enough for a probe order at every start. */
export const probeProduct = product('PROBE-01', 'Probe, used by the platform itself', 1, 1_000_000);

/** What the workshop sells; a few things are scarce, and one is sold out. */
const catalogue: Product[] = [
  product('EASEL-01', 'Studio easel, oiled beech', 18_900, 10_000),
  product('EASEL-02', 'Field easel with carrying strap', 7_950, 10_000),
  product('BRUSH-01', 'Round brush no. 8, hog bristle', 690, 10_000),
  product('BRUSH-02', 'Flat brush no. 12, hog bristle', 840, 10_000),
  product('BRUSH-03', 'Watercolour brush no. 6, sable', 2_350, 40),
  product('CANVAS-01', 'Linen canvas on stretcher, 60 x 80 cm', 3_490, 10_000),
  product('CANVAS-02', 'Cotton canvas on stretcher, 30 x 40 cm', 990, 10_000),
  product('OIL-01', 'Oil paint, titanium white, 200 ml', 1_690, 10_000),
  product('OIL-02', 'Oil paint, ultramarine blue, 40 ml', 950, 10_000),
  product('OIL-03', 'Oil paint, genuine vermilion, 40 ml', 4_800, 12),
  product('PAPER-01', 'Watercolour paper, 300 g, pad of 20', 2_190, 10_000),
  product('CHARCOAL-01', 'Willow charcoal, box of 25', 1_150, 10_000),
  product('KNIFE-01', 'Palette knife, forged steel', 1_290, 10_000),
  product('GOLD-01', 'Gold leaf, 23 carat, book of 25', 5_600, 0),
];

function product(sku: string, name: string, amount: number, onHand: number): Product {
  return { sku, name, unitPrice: { amount, currency: 'EUR' }, onHand };
}

/** Puts the products on sale, unless they are already, and waits until each can be read. Returns how many there are. */
export async function seedCatalogue(gateway: string, signal: AbortSignal): Promise<number> {
  const products = [...catalogue, probeProduct];
  await Promise.all(products.map((each) => seed(gateway, each, signal)));
  return catalogue.length;
}

async function seed(gateway: string, { sku, ...details }: Product, signal: AbortSignal): Promise<void> {
  let answer = 'nothing';
  const isOffered = async () => {
    const response = await fetch(`${gateway}/v1/products`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `seed-${sku}` },
      body: JSON.stringify({ sku, ...details }),
      signal,
    });
    answer = `${response.status} ${await response.text()}`;
    return response.status === 202 || response.status === 409;
  };
  const isReadable = async () => (await fetch(`${gateway}/v1/products/${sku}`, { signal })).status === 200;
  if (!(await waitUntil(isOffered, { everyMs: 500, signal }))) {
    throw new StackError(
      'NOT_READY',
      `Product ${sku} was not accepted by the gateway, which answered ${answer}: see gateway-1.log.`,
    );
  }
  if (!(await waitUntil(isReadable, { signal }))) {
    const journey = 'gateway, inventory.commands, inventory, inventory.events, projections';
    throw new StackError(
      'NOT_READY',
      `Product ${sku} cannot be read after ${STANDSTILL_MS / 1_000} s; its way is: ${journey}: see inventory-1.log, projections-1.log.`,
    );
  }
}

import { ask, post } from './gateway.ts';
import type { Product } from './orders.ts';
import type { Patience } from './patience.ts';

/** Of what has less, the workshop means to have little. */
const LITTLE_ON_PURPOSE = 100;

/** The catalogue, with enough of everything that is not scarce on purpose. */
export async function stocked(
  gateway: string,
  orders: number,
  run: string,
  patience: Patience,
): Promise<Product[]> {
  const url = `${gateway}/v1/products`;
  const { body } = await ask(url, { patience });
  const products = (body['items'] as Product[]).filter(({ sku }) => !sku.startsWith('PROBE'));
  if (products.every(({ available }) => available < LITTLE_ON_PURPOSE)) {
    throw new Error('The catalogue has nothing to order: POST /v1/products adds products');
  }
  const needed = 1_000 + 3 * orders;
  const receive = async ({ sku, available }: Product): Promise<Product> => {
    if (available < LITTLE_ON_PURPOSE || available >= needed) return { sku, available };
    await post(`${url}/${sku}/receipts`, { quantity: needed }, `${run}-${sku}`, patience);
    return { sku, available: available + needed };
  };
  return Promise.all(products.map(receive));
}

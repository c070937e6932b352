import { isAmount, isCurrency, LARGEST_AMOUNT, sumOf } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import { Problem } from '../problem/problem.ts';
import { Barrier, productPipeline } from '../read-model/barrier.ts';
import type { Product } from '../products/product.schema.ts';
import { ProductQueries } from '../products/product.queries.ts';
import type { OrderRequest } from './order.schema.ts';

interface PricedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: Product['unitPrice'];
}

/** Prices come from the catalogue, never from the client. */
@Injectable()
export class Pricing {
  constructor(
    private readonly products: ProductQueries,
    private readonly barrier: Barrier,
  ) {}

  async price(lines: OrderRequest['lines']): Promise<PricedLine[]> {
    refuseRepeatedSkus(lines);
    const catalogue = await this.find(lines.map(({ sku }) => sku));
    const unknown = lines.map(({ sku }) => sku).filter((sku) => !catalogue.has(sku));
    if (unknown.length > 0) {
      throw new Problem(422, 'unknown-sku', `There is no product ${unknown.join(', ')}`, {
        extensions: { skus: unknown },
      });
    }
    const priced = lines.flatMap(({ sku, quantity }) => {
      const product = catalogue.get(sku);
      return product ? [{ sku, quantity, unitPrice: product.unitPrice }] : [];
    });
    refuseUnknownCurrencies(priced);
    refuseMixedCurrencies(priced);
    refuseTooMuch(priced);
    return priced;
  }

  /** A product that is not there may have been accepted a moment ago. */
  private async find(skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const found = await this.products.bySku(skus);
    const missing = skus.filter((sku) => !found.has(sku));
    if (missing.length === 0) return found;
    await this.barrier.caughtUp(productPipeline, missing);
    return this.products.bySku(skus);
  }
}

function refuseRepeatedSkus(lines: OrderRequest['lines']): void {
  const skus = lines.map(({ sku }) => sku);
  const repeated = [...new Set(skus.filter((sku, index) => skus.indexOf(sku) < index))];
  if (repeated.length === 0) return;
  throw new Problem(
    422,
    'repeated-sku',
    `${repeated.join(', ')}: a sku stands in one line, with all its pieces`,
    {
      extensions: { skus: repeated },
    },
  );
}

/** They are in the catalogue from before currencies were checked. */
function refuseUnknownCurrencies(lines: readonly PricedLine[]): void {
  const unknown = lines.filter(({ unitPrice }) => !isCurrency(unitPrice.currency));
  if (unknown.length === 0) return;
  const named = unknown.map(({ sku, unitPrice }) => `${sku} (${unitPrice.currency})`).join(', ');
  const detail = `No order has what is priced in a currency that is not known here: ${named}`;
  throw new Problem(422, 'unknown-currency', detail, { extensions: { skus: unknown.map(({ sku }) => sku) } });
}

function refuseMixedCurrencies(lines: readonly PricedLine[]): void {
  const currencies = [...new Set(lines.map(({ unitPrice }) => unitPrice.currency))];
  if (currencies.length > 1) {
    throw new Problem(422, 'mixed-currencies', `One order has one currency, not ${currencies.join(' and ')}`);
  }
}

function refuseTooMuch(lines: readonly PricedLine[]): void {
  const total = sumOf(lines);
  if (isAmount(total)) return;
  const detail = `The order comes to ${total} minor units, and ${LARGEST_AMOUNT} is the most: place several smaller ones`;
  throw new Problem(422, 'total-too-large', detail);
}

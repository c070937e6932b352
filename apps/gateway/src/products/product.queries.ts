import type { ProductsTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type SqlBool } from 'kysely';
import type { Moment } from '../past/moment.ts';
import type { PastState } from '../past/past.schema.ts';
import { PastStates, productAggregate } from '../past/past-states.ts';
import { notFound } from '../problem/problem.ts';
import { Barrier, productPipeline } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';
import { isParked } from '../read-model/parked.ts';
import type { Product } from './product.schema.ts';

const skuPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

@Injectable()
export class ProductQueries {
  constructor(
    private readonly database: Database,
    private readonly barrier: Barrier,
    private readonly past: PastStates,
  ) {}

  async bySku(skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const rows = await this.products.where('sku', '=', sql<string>`any(${skus}::text[])`).execute();
    return new Map(rows.map((row) => [row.sku, productOf(row)]));
  }

  /** The product; one that was accepted before the call is never said to be unknown. */
  async get(sku: string): Promise<Product> {
    if (!skuPattern.test(sku)) throw notFound(`product ${sku}`);
    const known = (await this.bySku([sku])).get(sku);
    if (known) return known;
    await this.barrier.caughtUp(productPipeline, [sku]);
    const product = (await this.bySku([sku])).get(sku);
    if (!product) throw notFound(`product ${sku}`);
    return product;
  }

  /** The state of its stock at a moment of the past. */
  async at(sku: string, moment: Moment): Promise<PastState> {
    const state = skuPattern.test(sku) && (await this.past.at(productAggregate, sku, moment));
    if (!state) throw notFound(`product ${sku}`);
    return state;
  }

  /** In the order of their skus. */
  async list(after: string | undefined, limit: number): Promise<Product[]> {
    const rows = await this.products
      .where('sku', '>', after ?? '')
      .orderBy('sku')
      .limit(limit)
      .execute();
    return rows.map(productOf);
  }

  private get products() {
    return this.database
      .selectFrom('read_model.products as p')
      .selectAll('p')
      .select(isParked(productPipeline, 'p.sku').as('stale'));
  }
}

const productOf = (row: Selectable<ProductsTable> & { readonly stale: SqlBool }): Product => ({
  sku: row.sku,
  name: row.name,
  unitPrice: { amount: BigInt(row.unit_amount), currency: row.currency },
  onHand: row.on_hand,
  reserved: row.reserved,
  available: row.on_hand - row.reserved,
  ...(row.stale && { stale: true as const }),
});

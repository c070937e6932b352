import { Controller, Get, Query } from '@nestjs/common';
import { cursorAtTime } from '../http/cursor.ts';
import { Operation } from '../openapi/operation.ts';
import { type SaleFilter, saleFilter, type SalePage } from './sale.schema.ts';
import { placeOf, SaleQueries } from './sale.queries.ts';
import * as docs from './sales.docs.ts';

@Controller('v1/sales')
export class SalesController {
  constructor(private readonly sales: SaleQueries) {}

  @Get()
  @Operation(docs.list)
  async list(@Query({ schema: saleFilter }) filter: SaleFilter): Promise<SalePage> {
    const { limit, cursor: after, sku, from, to } = filter;
    const { found, stale } = await this.sales.list({ sku, from, to, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? cursorAtTime(last.day, placeOf(last)) : null, ...(stale && { stale }) };
  }
}

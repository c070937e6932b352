import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Caller, callerHeaders, FromCaller } from '../http/caller.ts';
import { cursorAtText } from '../http/cursor.ts';
import { Operation } from '../openapi/operation.ts';
import { type MomentQuery, momentOf, momentQuery } from '../past/moment.ts';
import { ProductQueries } from './product.queries.ts';
import {
  type AcceptedReceipt,
  type NewProduct,
  newProduct,
  type PastProduct,
  type Product,
  type ProductFilter,
  productFilter,
  type ProductPage,
  type Receipt,
  receipt,
} from './product.schema.ts';
import * as docs from './products.docs.ts';
import { StockIntake } from './stock-intake.ts';

@Controller('v1/products')
export class ProductsController {
  constructor(
    private readonly products: ProductQueries,
    private readonly intake: StockIntake,
  ) {}

  @Get()
  @Operation(docs.list)
  async list(
    @Query({ schema: productFilter }) { limit, cursor: after }: ProductFilter,
  ): Promise<ProductPage> {
    const found = await this.products.list(after, limit + 1);
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? cursorAtText(last.sku) : null };
  }

  @Get(':sku')
  @Operation(docs.get)
  async get(
    @Param('sku') sku: string,
    @Query({ schema: momentQuery }) query: MomentQuery,
  ): Promise<Product | PastProduct> {
    const moment = momentOf(query);
    return moment ? { sku, ...(await this.products.at(sku, moment)) } : this.products.get(sku);
  }

  @Post()
  @HttpCode(202)
  @Operation(docs.add)
  async add(
    @Body({ schema: newProduct }) body: NewProduct,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    await this.intake.add(body, caller);
    reply.headers({ Location: `/v1/products/${body.sku}`, ...callerHeaders(caller) });
    const { amount, currency } = body.unitPrice;
    const unitPrice = { amount: BigInt(amount), currency };
    return { ...body, unitPrice, reserved: 0, available: body.onHand };
  }

  @Post(':sku/receipts')
  @HttpCode(202)
  @Operation(docs.receive)
  async receive(
    @Param('sku') sku: string,
    @Body({ schema: receipt }) body: Receipt,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedReceipt> {
    await this.intake.receive(sku, body, caller);
    reply.headers({ Location: `/v1/products/${sku}`, ...callerHeaders(caller) });
    return { sku, ...body };
  }
}

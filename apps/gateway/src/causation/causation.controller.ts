import { Controller, Get, Param } from '@nestjs/common';
import { idOf } from '../http/uuid.ts';
import { Operation } from '../openapi/operation.ts';
import { OrderReader } from '../orders/order-reader.ts';
import { notFound } from '../problem/problem.ts';
import type { Causation } from './causation.schema.ts';
import * as docs from './causation.docs.ts';
import { OrderCausation } from './order-causation.ts';

@Controller('v1/orders')
export class CausationController {
  constructor(
    private readonly causation: OrderCausation,
    private readonly reader: OrderReader,
  ) {}

  @Get(':orderId/causation')
  @Operation(docs.causation)
  async of(@Param('orderId', idOf('order')) orderId: string): Promise<Causation> {
    const known = await this.causation.of(orderId);
    if (known) return known;
    // What was accepted may be on its way: then its history is waited for.
    await this.reader.history(orderId);
    const now = await this.causation.of(orderId);
    if (!now) throw notFound(`event of order ${orderId} yet`);
    return now;
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.ts';
import { CustomerQueries } from './customer.queries.ts';
import { type CustomerParams, customerParams, type CustomerSummary } from './customer.schema.ts';
import * as docs from './customers.docs.ts';

@Controller('v1/customers')
export class CustomersController {
  constructor(private readonly customers: CustomerQueries) {}

  @Get(':customerId/summary')
  @Operation(docs.summary)
  summary(@Param({ schema: customerParams }) { customerId }: CustomerParams): Promise<CustomerSummary> {
    return this.customers.summary(customerId);
  }
}

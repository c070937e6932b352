// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import type { OrderLine } from './records.ts';

/** Place a new order, priced by the gateway from its catalogue. */
export interface PlaceOrderV1Data {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** Where the outcome is sent to. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
}

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import type { Channel, Money, OrderLine } from './records.ts';

/** The customer or the clock ended a pending order: it is settled and holds nothing any more. */
export interface OrderCancelledV1Data {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** Where the outcome is sent to. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  readonly total: Money;
  /** The client's words, or expired. */
  readonly reason: string;
}

/** A customer placed an order. It is pending until every line is answered. */
export interface OrderPlacedV1Data {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** Where the outcome is sent to. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  readonly total: Money;
}

/** A customer placed an order. It is pending until every line is answered. */
export interface OrderPlacedV2Data {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** Where the outcome is sent to. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  readonly total: Money;
  /** Where it came in; web of all from before there was another channel. */
  readonly channel: Channel;
}

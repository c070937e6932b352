// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  LineRefusedV1,
  LineReservedV1,
  OrderCancellationRefusedV1,
  OrderCancelledV1,
  OrderCancelledV2,
  OrderConfirmedV1,
  OrderExpiryRefusedV1,
  OrderPlacedV1,
  OrderPlacedV2,
  OrderPlacedV3,
  OrderPlacementRefusedV1,
  OrderRejectedV1,
  OrderSubmittedV1,
  ReservationRecordingRefusedV1,
} from './orders.events.schemas.ts';
import type { Channel, Customer, Money, OrderLine } from './records.ts';

/** The pieces of one line cannot be had. */
export interface LineRefusedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** The line's product. */
  readonly sku: string;
  /** The inventory's reason, like out-of-stock or unknown-product. */
  readonly reason: string;
}

export type LineRefused = Message<'LineRefused', LineRefusedData>;
export const LineRefused = messageType<LineRefused>({
  type: 'LineRefused', topic: 'orders.events', key: 'orderId',
  versions: [LineRefusedV1],
});

/** The pieces of one line are held for the order. */
export interface LineReservedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** The line's product. */
  readonly sku: string;
}

export type LineReserved = Message<'LineReserved', LineReservedData>;
export const LineReserved = messageType<LineReserved>({
  type: 'LineReserved', topic: 'orders.events', key: 'orderId',
  versions: [LineReservedV1],
});

/** An order was not cancelled. */
export interface OrderCancellationRefusedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** What it is already: confirmed, rejected or cancelled; or unknown-order, or idempotency-key-reused. */
  readonly reason: string;
}

export type OrderCancellationRefused = Message<'OrderCancellationRefused', OrderCancellationRefusedData>;
export const OrderCancellationRefused = messageType<OrderCancellationRefused>({
  type: 'OrderCancellationRefused', topic: 'orders.events', key: 'orderId',
  versions: [OrderCancellationRefusedV1],
});

/** The customer or the clock ended a pending order: it is settled and holds nothing any more. */
export interface OrderCancelledData {
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
  /** The client's words, or, where the platform cancelled it: expired. Only cancelledBy tells which. */
  readonly reason: string;
  /** customer or platform; null in events from before there was this field. */
  readonly cancelledBy: null | string;
}

export type OrderCancelled = Message<'OrderCancelled', OrderCancelledData>;
export const OrderCancelled = messageType<OrderCancelled>({
  type: 'OrderCancelled', topic: 'orders.events', key: 'orderId',
  versions: [OrderCancelledV1, OrderCancelledV2],
});

/** Every line is reserved: the order is settled and its pieces may leave the shelf. */
export interface OrderConfirmedData {
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

export type OrderConfirmed = Message<'OrderConfirmed', OrderConfirmedData>;
export const OrderConfirmed = messageType<OrderConfirmed>({
  type: 'OrderConfirmed', topic: 'orders.events', key: 'orderId',
  versions: [OrderConfirmedV1],
});

/** An order was settled before its time was up. */
export interface OrderExpiryRefusedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** What it is already: confirmed, rejected or cancelled; or unknown-order, or idempotency-key-reused. */
  readonly reason: string;
}

export type OrderExpiryRefused = Message<'OrderExpiryRefused', OrderExpiryRefusedData>;
export const OrderExpiryRefused = messageType<OrderExpiryRefused>({
  type: 'OrderExpiryRefused', topic: 'orders.events', key: 'orderId',
  versions: [OrderExpiryRefusedV1],
});

/** A customer placed an order. It is pending until every line is answered. */
export interface OrderPlacedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** What contact says: for readers from before there was contact. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  readonly total: Money;
  /** Where it came in; web of all from before there was another channel. */
  readonly channel: Channel;
  /** Where the outcome is sent to. Empty in events from before there was this field: email says it there. */
  readonly contact: string;
}

export type OrderPlaced = Message<'OrderPlaced', OrderPlacedData>;
export const OrderPlaced = messageType<OrderPlaced>({
  type: 'OrderPlaced', topic: 'orders.events', key: 'orderId',
  versions: [OrderPlacedV1, OrderPlacedV2, OrderPlacedV3],
});

/** An order was not placed; whatever the order was before, it still is. */
export interface OrderPlacementRefusedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** already-placed, id-too-long, idempotency-key-reused, or what is wrong with the lines: no-lines, invalid-quantity, invalid-price, duplicate-sku, mixed-currencies, unknown-currency, total-too-large. */
  readonly reason: string;
}

export type OrderPlacementRefused = Message<'OrderPlacementRefused', OrderPlacementRefusedData>;
export const OrderPlacementRefused = messageType<OrderPlacementRefused>({
  type: 'OrderPlacementRefused', topic: 'orders.events', key: 'orderId',
  versions: [OrderPlacementRefusedV1],
});

/** A line cannot be had: the order is settled and holds nothing any more. */
export interface OrderRejectedData {
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
  /** The refused line's reason, like out-of-stock. */
  readonly reason: string;
}

export type OrderRejected = Message<'OrderRejected', OrderRejectedData>;
export const OrderRejected = messageType<OrderRejected>({
  type: 'OrderRejected', topic: 'orders.events', key: 'orderId',
  versions: [OrderRejectedV1],
});

/** A customer placed an order. It is pending until every line is answered. */
export interface OrderSubmittedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered. */
  readonly customer: Customer;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  readonly total: Money;
  /** Where it came in. */
  readonly channel: Channel;
}

export type OrderSubmitted = Message<'OrderSubmitted', OrderSubmittedData>;
export const OrderSubmitted = messageType<OrderSubmitted>({
  type: 'OrderSubmitted', topic: 'orders.events', key: 'orderId',
  versions: [OrderSubmittedV1],
});

/** An answer of the inventory changed nothing, because the order did not wait for it. */
export interface ReservationRecordingRefusedData {
  /** UUID of the order. */
  readonly orderId: string;
  /** The product that was answered. */
  readonly sku: string;
  /** What the order is already: confirmed, rejected or cancelled; or already-answered, unknown-line, unknown-order, idempotency-key-reused. */
  readonly reason: string;
}

export type ReservationRecordingRefused = Message<'ReservationRecordingRefused', ReservationRecordingRefusedData>;
export const ReservationRecordingRefused = messageType<ReservationRecordingRefused>({
  type: 'ReservationRecordingRefused', topic: 'orders.events', key: 'orderId',
  versions: [ReservationRecordingRefusedV1],
});

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  CancelOrderV1,
  ExpireOrderV1,
  PlaceOrderV1,
  PlaceOrderV2,
  RecordReservationV1,
} from './orders.commands.schemas.ts';
import type { Channel, OrderLine } from './records.ts';

/** Cancel an order that is still pending. */
export interface CancelOrderData {
  /** UUID of the order. */
  readonly orderId: string;
  /** Why, in the client's words. */
  readonly reason: string;
}

export type CancelOrder = Message<'CancelOrder', CancelOrderData>;
export const CancelOrder = messageType<CancelOrder>({
  type: 'CancelOrder', topic: 'orders.commands', key: 'orderId',
  versions: [CancelOrderV1],
});

/** Cancel an order that is still pending when its time is up. */
export interface ExpireOrderData {
  /** UUID of the order. */
  readonly orderId: string;
}

export type ExpireOrder = Message<'ExpireOrder', ExpireOrderData>;
export const ExpireOrder = messageType<ExpireOrder>({
  type: 'ExpireOrder', topic: 'orders.commands', key: 'orderId',
  versions: [ExpireOrderV1],
});

/** Place a new order, priced by the gateway from its catalogue. */
export interface PlaceOrderData {
  /** UUID of the order. */
  readonly orderId: string;
  /** Who ordered, as the client named them. */
  readonly customerId: string;
  /** Where the outcome is sent to. */
  readonly email: string;
  /** In the client's order, each sku once. */
  readonly lines: readonly OrderLine[];
  /** Where it came in; web of all from before there was another channel. */
  readonly channel: Channel;
}

export type PlaceOrder = Message<'PlaceOrder', PlaceOrderData>;
export const PlaceOrder = messageType<PlaceOrder>({
  type: 'PlaceOrder', topic: 'orders.commands', key: 'orderId',
  versions: [PlaceOrderV1, PlaceOrderV2],
});

/** Record the inventory's answer for one line of an order. */
export interface RecordReservationData {
  /** UUID of the order. */
  readonly orderId: string;
  /** The line's product. */
  readonly sku: string;
  /** Whether the pieces are held for the order. */
  readonly reserved: boolean;
  /** Why they are not; null when they are. */
  readonly reason: null | string;
}

export type RecordReservation = Message<'RecordReservation', RecordReservationData>;
export const RecordReservation = messageType<RecordReservation>({
  type: 'RecordReservation', topic: 'orders.commands', key: 'orderId',
  versions: [RecordReservationV1],
});

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import { upcast as fromOrderPlaced } from '../upcasters/orders.events/OrderPlaced.ts';
import {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlacementRefused,
  OrderRejected,
  OrderSubmitted,
  ReservationRecordingRefused,
} from './orders.events.messages.ts';

export * from './orders.events.messages.ts';
export type * from './orders.events.versions.ts';

/** Every message of the topic orders.events. */
export const OrdersEvents = contract('orders.events', {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlacementRefused,
  OrderRejected,
  OrderSubmitted,
  ReservationRecordingRefused,
}, [
  fromOrderPlaced,
]);

/** Any message of the topic orders.events. */
export type OrdersEvent =
  | LineRefused
  | LineReserved
  | OrderCancellationRefused
  | OrderCancelled
  | OrderConfirmed
  | OrderExpiryRefused
  | OrderPlacementRefused
  | OrderRejected
  | OrderSubmitted
  | ReservationRecordingRefused;

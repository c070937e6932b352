// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlaced,
  OrderPlacementRefused,
  OrderRejected,
  ReservationRecordingRefused,
} from './orders.events.messages.ts';

export * from './orders.events.messages.ts';

/** Every message of the topic orders.events. */
export const OrdersEvents = contract('orders.events', {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlaced,
  OrderPlacementRefused,
  OrderRejected,
  ReservationRecordingRefused,
});

/** Any message of the topic orders.events. */
export type OrdersEvent =
  | LineRefused
  | LineReserved
  | OrderCancellationRefused
  | OrderCancelled
  | OrderConfirmed
  | OrderExpiryRefused
  | OrderPlaced
  | OrderPlacementRefused
  | OrderRejected
  | ReservationRecordingRefused;

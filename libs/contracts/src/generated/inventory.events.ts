// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  ProductAdded,
  ProductAdditionRefused,
  StockReceiptRefused,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipmentRefused,
  StockShipped,
} from './inventory.events.messages.ts';

export * from './inventory.events.messages.ts';

/** Every message of the topic inventory.events. */
export const InventoryEvents = contract('inventory.events', {
  ProductAdded,
  ProductAdditionRefused,
  StockReceiptRefused,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipmentRefused,
  StockShipped,
});

/** Any message of the topic inventory.events. */
export type InventoryEvent =
  | ProductAdded
  | ProductAdditionRefused
  | StockReceiptRefused
  | StockReceived
  | StockReleased
  | StockReservationRefused
  | StockReserved
  | StockShipmentRefused
  | StockShipped;

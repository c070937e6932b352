// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  AddProduct,
  ReceiveStock,
  ReleaseStock,
  ReserveStock,
  ShipStock,
} from './inventory.commands.messages.ts';

export * from './inventory.commands.messages.ts';

/** Every message of the topic inventory.commands. */
export const InventoryCommands = contract('inventory.commands', {
  AddProduct,
  ReceiveStock,
  ReleaseStock,
  ReserveStock,
  ShipStock,
});

/** Any message of the topic inventory.commands. */
export type InventoryCommand =
  | AddProduct
  | ReceiveStock
  | ReleaseStock
  | ReserveStock
  | ShipStock;

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { InventoryCommands } from './inventory.commands.ts';
import { InventoryEvents } from './inventory.events.ts';
import { OrdersCommands } from './orders.commands.ts';
import { OrdersEvents } from './orders.events.ts';

export * from './records.ts';
export * from './inventory.commands.ts';
export * from './inventory.events.ts';
export * from './orders.commands.ts';
export * from './orders.events.ts';

/** Every contract of the platform. */
export const contracts = [InventoryCommands, InventoryEvents, OrdersCommands, OrdersEvents] as const;

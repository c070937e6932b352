// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { DeadLettersCommands } from './dead-letters.commands.ts';
import { DeadLettersEvents } from './dead-letters.events.ts';
import { InventoryCommands } from './inventory.commands.ts';
import { InventoryEvents } from './inventory.events.ts';
import { OrdersCommands } from './orders.commands.ts';
import { OrdersEvents } from './orders.events.ts';
import { RedriveJobsCommands } from './redrive-jobs.commands.ts';
import { RedriveJobsEvents } from './redrive-jobs.events.ts';
import { TransactionsCommands } from './transactions.commands.ts';
import { TransactionsEvents } from './transactions.events.ts';

export * from './records.ts';
export * from './dead-letters.commands.ts';
export * from './dead-letters.events.ts';
export * from './inventory.commands.ts';
export * from './inventory.events.ts';
export * from './orders.commands.ts';
export * from './orders.events.ts';
export * from './redrive-jobs.commands.ts';
export * from './redrive-jobs.events.ts';
export * from './transactions.commands.ts';
export * from './transactions.events.ts';

/** Every contract of the platform. */
export const contracts = [DeadLettersCommands, DeadLettersEvents, InventoryCommands, InventoryEvents, OrdersCommands, OrdersEvents, RedriveJobsCommands, RedriveJobsEvents, TransactionsCommands, TransactionsEvents] as const;

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { DeadLettersCommands, type DeadLettersCommand } from './dead-letters.commands.ts';
import { DeadLettersEvents, type DeadLettersEvent } from './dead-letters.events.ts';
import { InventoryCommands, type InventoryCommand } from './inventory.commands.ts';
import { InventoryEvents, type InventoryEvent } from './inventory.events.ts';
import { OrdersCommands, type OrdersCommand } from './orders.commands.ts';
import { OrdersEvents, type OrdersEvent } from './orders.events.ts';
import { RedriveJobsCommands, type RedriveJobsCommand } from './redrive-jobs.commands.ts';
import { RedriveJobsEvents, type RedriveJobsEvent } from './redrive-jobs.events.ts';
import { TransactionsCommands, type TransactionsCommand } from './transactions.commands.ts';
import { TransactionsEvents, type TransactionsEvent } from './transactions.events.ts';

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

/** Any command of the platform. */
export type AnyCommand =
  | DeadLettersCommand
  | InventoryCommand
  | OrdersCommand
  | RedriveJobsCommand
  | TransactionsCommand;

/** Any event of the platform. */
export type AnyEvent =
  | DeadLettersEvent
  | InventoryEvent
  | OrdersEvent
  | RedriveJobsEvent
  | TransactionsEvent;

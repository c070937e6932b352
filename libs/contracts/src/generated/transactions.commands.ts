// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  EndTransaction,
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
} from './transactions.commands.messages.ts';

export * from './transactions.commands.messages.ts';
export type * from './transactions.commands.versions.ts';

/** Every message of the topic transactions.commands. */
export const TransactionsCommands = contract('transactions.commands', {
  EndTransaction,
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
});

/** Any message of the topic transactions.commands. */
export type TransactionsCommand =
  | EndTransaction
  | RecordTransactionEnded
  | RecordTransactionNotEnded
  | ReportHangingTransaction;

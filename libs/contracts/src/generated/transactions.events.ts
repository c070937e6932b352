// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  HangingTransactionFound,
  TransactionEndRefused,
  TransactionEndRequestIgnored,
  TransactionEndRequested,
  TransactionEnded,
  TransactionNotEnded,
  TransactionRecordingIgnored,
  TransactionReportIgnored,
} from './transactions.events.messages.ts';

export * from './transactions.events.messages.ts';

/** Every message of the topic transactions.events. */
export const TransactionsEvents = contract('transactions.events', {
  HangingTransactionFound,
  TransactionEndRefused,
  TransactionEndRequestIgnored,
  TransactionEndRequested,
  TransactionEnded,
  TransactionNotEnded,
  TransactionRecordingIgnored,
  TransactionReportIgnored,
});

/** Any message of the topic transactions.events. */
export type TransactionsEvent =
  | HangingTransactionFound
  | TransactionEndRefused
  | TransactionEndRequestIgnored
  | TransactionEndRequested
  | TransactionEnded
  | TransactionNotEnded
  | TransactionRecordingIgnored
  | TransactionReportIgnored;

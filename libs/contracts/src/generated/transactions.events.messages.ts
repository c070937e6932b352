// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  HangingTransactionFoundV1,
  TransactionEndRefusedV1,
  TransactionEndRequestIgnoredV1,
  TransactionEndRequestedV1,
  TransactionEndedV1,
  TransactionNotEndedV1,
  TransactionRecordingIgnoredV1,
  TransactionReportIgnoredV1,
} from './transactions.events.schemas.ts';

/** A partition has a transaction open which no coordinator will end; again where more is known of it. */
export interface HangingTransactionFoundData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** The producer's epoch. */
  readonly producerEpoch: number;
  /** Offset of its first record in the partition. */
  readonly startOffset: bigint;
  /** Where coordinators know who the producer is; else null. */
  readonly transactionalId: null | string;
  /** Time of its first record in the partition, in milliseconds since 1970 UTC. */
  readonly since: bigint;
  /** Records that it hides when it is found, from its first one to the end of the partition. */
  readonly waiting: bigint;
  /** proven-commit, proven-abort, unproven or foreign. */
  readonly verdict: string;
  /** The proof, or what is known. */
  readonly known: string;
}

export type HangingTransactionFound = Message<'HangingTransactionFound', HangingTransactionFoundData>;
export const HangingTransactionFound = messageType<HangingTransactionFound>({
  type: 'HangingTransactionFound', topic: 'transactions.events', key: 'transaction',
  versions: [HangingTransactionFoundV1],
});

/** A transaction is not ended. */
export interface TransactionEndRefusedData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** commit or abort. */
  readonly outcome: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Who asked for it. */
  readonly operator: string;
  /** ended, other-outcome-requested, unknown-outcome or idempotency-key-reused. */
  readonly refusal: string;
}

export type TransactionEndRefused = Message<'TransactionEndRefused', TransactionEndRefusedData>;
export const TransactionEndRefused = messageType<TransactionEndRefused>({
  type: 'TransactionEndRefused', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionEndRefusedV1],
});

/** The same end was requested before, and is under way. */
export interface TransactionEndRequestIgnoredData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** commit or abort. */
  readonly outcome: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Which request of operators it is about this transaction: 1, 2, ... */
  readonly request: number;
}

export type TransactionEndRequestIgnored = Message<'TransactionEndRequestIgnored', TransactionEndRequestIgnoredData>;
export const TransactionEndRequestIgnored = messageType<TransactionEndRequestIgnored>({
  type: 'TransactionEndRequestIgnored', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionEndRequestIgnoredV1],
});

/** An operator has decided how a transaction is to end. */
export interface TransactionEndRequestedData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** Only the transaction that begins here is to be ended; null where it was never found: whichever is open. */
  readonly startOffset: null | bigint;
  /** commit or abort. */
  readonly outcome: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Which request of operators it is about this transaction: 1, 2, ... */
  readonly request: number;
}

export type TransactionEndRequested = Message<'TransactionEndRequested', TransactionEndRequestedData>;
export const TransactionEndRequested = messageType<TransactionEndRequested>({
  type: 'TransactionEndRequested', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionEndRequestedV1],
});

/** The marker that was missing is written: what was hidden behind the transaction can be read. */
export interface TransactionEndedData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** The producer's epoch. */
  readonly producerEpoch: number;
  /** Offset of its first record in the partition. */
  readonly startOffset: bigint;
  /** commit or abort. */
  readonly outcome: string;
  /** The proof, or why, in the operator's words. */
  readonly reason: string;
  /** The operator who asked for it, or transactions.watch where there is proof. */
  readonly by: string;
  /** The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof. */
  readonly request: null | number;
}

export type TransactionEnded = Message<'TransactionEnded', TransactionEndedData>;
export const TransactionEnded = messageType<TransactionEnded>({
  type: 'TransactionEnded', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionEndedV1],
});

/** No marker was written. */
export interface TransactionNotEndedData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** Offset of its first record in the partition; null where it was never found. */
  readonly startOffset: null | bigint;
  /** commit or abort. */
  readonly outcome: string;
  /** gone: the partition does not have it open any more. refused: nothing was written. */
  readonly result: string;
  /** The same in a sentence. */
  readonly why: string;
  /** The operator who asked for it, or transactions.watch where there is proof. */
  readonly by: string;
  /** The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof. */
  readonly request: null | number;
}

export type TransactionNotEnded = Message<'TransactionNotEnded', TransactionNotEndedData>;
export const TransactionNotEnded = messageType<TransactionNotEnded>({
  type: 'TransactionNotEnded', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionNotEndedV1],
});

/** It was recorded late or again how an attempt to end a transaction went. */
export interface TransactionRecordingIgnoredData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** As the recording has it. */
  readonly startOffset: null | bigint;
  /** The operators' request that this answers: 1, 2, ...; null where none was needed, as there is proof. */
  readonly request: null | number;
  /** ended or not-ended. */
  readonly recording: string;
}

export type TransactionRecordingIgnored = Message<'TransactionRecordingIgnored', TransactionRecordingIgnoredData>;
export const TransactionRecordingIgnored = messageType<TransactionRecordingIgnored>({
  type: 'TransactionRecordingIgnored', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionRecordingIgnoredV1],
});

/** A report told nothing new. */
export interface TransactionReportIgnoredData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** As the report has it. */
  readonly startOffset: bigint;
  /** As the report has it. */
  readonly verdict: string;
}

export type TransactionReportIgnored = Message<'TransactionReportIgnored', TransactionReportIgnoredData>;
export const TransactionReportIgnored = messageType<TransactionReportIgnored>({
  type: 'TransactionReportIgnored', topic: 'transactions.events', key: 'transaction',
  versions: [TransactionReportIgnoredV1],
});

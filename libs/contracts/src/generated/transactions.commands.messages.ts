// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  EndTransactionV1,
  EndTransactionV2,
  RecordTransactionEndedV1,
  RecordTransactionNotEndedV1,
  ReportHangingTransactionV1,
} from './transactions.commands.schemas.ts';

/** End the transaction that a producer has open in a partition. */
export interface EndTransactionData {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** Only the transaction that begins here is to be ended; null: the one that is known there, or whichever is open. */
  readonly startOffset: null | bigint;
  /** commit or abort. */
  readonly outcome: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Who asked for it. */
  readonly operator: string;
}

export type EndTransaction = Message<'EndTransaction', EndTransactionData>;
export const EndTransaction = messageType<EndTransaction>({
  type: 'EndTransaction', topic: 'transactions.commands', key: 'transaction',
  versions: [EndTransactionV1, EndTransactionV2],
});

/** Record that the marker which was missing is written. */
export interface RecordTransactionEndedData {
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

export type RecordTransactionEnded = Message<'RecordTransactionEnded', RecordTransactionEndedData>;
export const RecordTransactionEnded = messageType<RecordTransactionEnded>({
  type: 'RecordTransactionEnded', topic: 'transactions.commands', key: 'transaction',
  versions: [RecordTransactionEndedV1],
});

/** Record that no marker was written. */
export interface RecordTransactionNotEndedData {
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

export type RecordTransactionNotEnded = Message<'RecordTransactionNotEnded', RecordTransactionNotEndedData>;
export const RecordTransactionNotEnded = messageType<RecordTransactionNotEnded>({
  type: 'RecordTransactionNotEnded', topic: 'transactions.commands', key: 'transaction',
  versions: [RecordTransactionNotEndedV1],
});

/** Report that a partition has a transaction open which no coordinator will end. */
export interface ReportHangingTransactionData {
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

export type ReportHangingTransaction = Message<'ReportHangingTransaction', ReportHangingTransactionData>;
export const ReportHangingTransaction = messageType<ReportHangingTransaction>({
  type: 'ReportHangingTransaction', topic: 'transactions.commands', key: 'transaction',
  versions: [ReportHangingTransactionV1],
});

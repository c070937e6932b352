// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  DeadLetterDiscardedV1,
  DeadLetterReportedV1,
  DeadLetterRestoredV1,
  DiscardRefusedV1,
  RecordingIgnoredV1,
  RedriveFailedV1,
  RedriveHandledV1,
  RedriveNotSentV1,
  RedriveRefusedV1,
  RedriveRequestedV1,
  RedriveSentV1,
  ReportIgnoredV1,
  RestoreRefusedV1,
} from './dead-letters.events.schemas.ts';

/** A dead letter was given up for good. */
export interface DeadLetterDiscardedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Consumer group whose handler failed. */
  readonly group: string;
  /** Topic of the original record. */
  readonly topic: string;
  /** Partition of the original record, and of all its copies. */
  readonly partition: number;
  /** Offset of the original record. */
  readonly offset: bigint;
  /** The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key. */
  readonly key: null | string;
  /** When it failed last, in milliseconds since 1970 UTC. */
  readonly failedAt: bigint;
}

export type DeadLetterDiscarded = Message<'DeadLetterDiscarded', DeadLetterDiscardedData>;
export const DeadLetterDiscarded = messageType<DeadLetterDiscarded>({
  type: 'DeadLetterDiscarded', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [DeadLetterDiscardedV1],
});

/** A record was given up for the first time. */
export interface DeadLetterReportedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Consumer group whose handler failed. */
  readonly group: string;
  /** Topic of the original record. */
  readonly topic: string;
  /** Partition of the original record, and of all its copies. */
  readonly partition: number;
  /** Offset of the original record. */
  readonly offset: bigint;
  /** The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key. */
  readonly key: null | string;
  /** Type of the message, from ce_type; null without that header. */
  readonly messageType: null | string;
  /** Id of the message, from ce_id; null without that header. */
  readonly messageId: null | string;
  /** Name of the handler that failed. */
  readonly handler: string;
  /** How often it was tried before it was given up, at least 1. */
  readonly attempts: number;
  /** How often it was redriven before this failure; 0 at the first. */
  readonly redrives: number;
  /** Class of the error of this failure. */
  readonly errorClass: string;
  /** Message of the error of this failure. */
  readonly errorMessage: string;
  /** Class of the error of the very first attempt. */
  readonly firstErrorClass: string;
  /** Message of the error of the very first attempt. */
  readonly firstErrorMessage: string;
  /** When this failure was given up, in milliseconds since 1970 UTC. */
  readonly failedAt: bigint;
  /** When the very first attempt failed, in milliseconds since 1970 UTC. */
  readonly firstFailedAt: bigint;
  /** Service that the handler runs in. */
  readonly service: string;
  /** Version of that service. */
  readonly version: string;
  /** W3C trace context of the record; null without one. */
  readonly traceparent: null | string;
}

export type DeadLetterReported = Message<'DeadLetterReported', DeadLetterReportedData>;
export const DeadLetterReported = messageType<DeadLetterReported>({
  type: 'DeadLetterReported', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [DeadLetterReportedV1],
});

/** A discarded dead letter is again what it was before. */
export interface DeadLetterRestoredData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
}

export type DeadLetterRestored = Message<'DeadLetterRestored', DeadLetterRestoredData>;
export const DeadLetterRestored = messageType<DeadLetterRestored>({
  type: 'DeadLetterRestored', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [DeadLetterRestoredV1],
});

/** A dead letter was not discarded. */
export interface DiscardRefusedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** unknown, under-way, handled, discarded or idempotency-key-reused. */
  readonly refusal: string;
}

export type DiscardRefused = Message<'DiscardRefused', DiscardRefusedData>;
export const DiscardRefused = messageType<DiscardRefused>({
  type: 'DiscardRefused', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [DiscardRefusedV1],
});

/** It was recorded late or again that a redrive was sent, not sent, or handled. */
export interface RecordingIgnoredData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** sent, not-sent or handled. */
  readonly recording: string;
}

export type RecordingIgnored = Message<'RecordingIgnored', RecordingIgnoredData>;
export const RecordingIgnored = messageType<RecordingIgnored>({
  type: 'RecordingIgnored', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RecordingIgnoredV1],
});

/** The redriven record was given up again. */
export interface RedriveFailedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Consumer group whose handler failed. */
  readonly group: string;
  /** Topic of the original record. */
  readonly topic: string;
  /** Partition of the original record, and of all its copies. */
  readonly partition: number;
  /** Offset of the original record. */
  readonly offset: bigint;
  /** The record's key as text, or in hexadecimal digits where it is not UTF-8; null without a key. */
  readonly key: null | string;
  /** Type of the message, from ce_type; null without that header. */
  readonly messageType: null | string;
  /** Id of the message, from ce_id; null without that header. */
  readonly messageId: null | string;
  /** Name of the handler that failed. */
  readonly handler: string;
  /** How often it was tried before it was given up, at least 1. */
  readonly attempts: number;
  /** How often it was redriven before this failure; 0 at the first. */
  readonly redrives: number;
  /** Class of the error of this failure. */
  readonly errorClass: string;
  /** Message of the error of this failure. */
  readonly errorMessage: string;
  /** Class of the error of the very first attempt. */
  readonly firstErrorClass: string;
  /** Message of the error of the very first attempt. */
  readonly firstErrorMessage: string;
  /** When this failure was given up, in milliseconds since 1970 UTC. */
  readonly failedAt: bigint;
  /** When the very first attempt failed, in milliseconds since 1970 UTC. */
  readonly firstFailedAt: bigint;
  /** Service that the handler runs in. */
  readonly service: string;
  /** Version of that service. */
  readonly version: string;
  /** W3C trace context of the record; null without one. */
  readonly traceparent: null | string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
  /** Whether it is the first of its job, whose outcome decides about the rest. */
  readonly canary: boolean;
  /** Whether its redrives are used up, so that another one needs force. */
  readonly parked: boolean;
}

export type RedriveFailed = Message<'RedriveFailed', RedriveFailedData>;
export const RedriveFailed = messageType<RedriveFailed>({
  type: 'RedriveFailed', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveFailedV1],
});

/** The group handled the redriven record. */
export interface RedriveHandledData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
  /** Whether it is the first of its job, whose outcome decides about the rest. */
  readonly canary: boolean;
}

export type RedriveHandled = Message<'RedriveHandled', RedriveHandledData>;
export const RedriveHandled = messageType<RedriveHandled>({
  type: 'RedriveHandled', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveHandledV1],
});

/** A redrive ended before anything was given back: the dead letter waits as it did before. */
export interface RedriveNotSentData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it was: 1, 2, ... */
  readonly redrive: number;
  /** record-missing: the dead letter is not on its topic; unknown-group: the catalogue does not have its group; too-large: its copy is larger than what the topic takes. */
  readonly refusal: string;
  /** Whether it needs force to be redriven again. */
  readonly parked: boolean;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
  /** Whether it is the first of its job, whose outcome decides about the rest. */
  readonly canary: boolean;
}

export type RedriveNotSent = Message<'RedriveNotSent', RedriveNotSentData>;
export const RedriveNotSent = messageType<RedriveNotSent>({
  type: 'RedriveNotSent', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveNotSentV1],
});

/** A dead letter is not redriven. */
export interface RedriveRefusedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** unknown, under-way, handled or discarded; limit or too-old where only force is missing; or idempotency-key-reused. */
  readonly refusal: string;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
  /** Whether it is the first of its job, whose outcome decides about the rest. */
  readonly canary: boolean;
}

export type RedriveRefused = Message<'RedriveRefused', RedriveRefusedData>;
export const RedriveRefused = messageType<RedriveRefused>({
  type: 'RedriveRefused', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveRefusedV1],
});

/** A dead letter is to be given back to its group; it is not sent yet. */
export interface RedriveRequestedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Whether to pass over the limits of count and age. */
  readonly force: boolean;
  /** The edited value, encoded as the topic's values are; null for the value as it was. */
  readonly value: null | Buffer;
  /** What the edit changed, as JSON; null without an edit. */
  readonly difference: null | string;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
  /** Whether it is the first of its job, whose outcome decides about the rest. */
  readonly canary: boolean;
  /** Consumer group whose handler failed. */
  readonly group: string;
  /** Topic of the original record. */
  readonly topic: string;
  /** Partition of the original record, and of all its copies. */
  readonly partition: number;
  /** Offset of the original record. */
  readonly offset: bigint;
  /** When the failure that is redriven was given up, in milliseconds since 1970 UTC. */
  readonly failedAt: bigint;
}

export type RedriveRequested = Message<'RedriveRequested', RedriveRequestedData>;
export const RedriveRequested = messageType<RedriveRequested>({
  type: 'RedriveRequested', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveRequestedV1],
});

/** The copy for a redrive was written; that says nothing about its handling. */
export interface RedriveSentData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** UUID of the redrive job that asked for it; null for a redrive on its own. */
  readonly jobId: null | string;
}

export type RedriveSent = Message<'RedriveSent', RedriveSentData>;
export const RedriveSent = messageType<RedriveSent>({
  type: 'RedriveSent', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RedriveSentV1],
});

/** A report told nothing new. */
export interface ReportIgnoredData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** How often the record was redriven before, as the report has it. */
  readonly redrives: number;
}

export type ReportIgnored = Message<'ReportIgnored', ReportIgnoredData>;
export const ReportIgnored = messageType<ReportIgnored>({
  type: 'ReportIgnored', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [ReportIgnoredV1],
});

/** A dead letter was not restored. */
export interface RestoreRefusedData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** unknown, not-discarded or idempotency-key-reused. */
  readonly refusal: string;
}

export type RestoreRefused = Message<'RestoreRefused', RestoreRefusedData>;
export const RestoreRefused = messageType<RestoreRefused>({
  type: 'RestoreRefused', topic: 'dead-letters.events', key: 'deadLetterId',
  versions: [RestoreRefusedV1],
});

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  DiscardDeadLetterV1,
  RecordRedriveHandledV1,
  RecordRedriveNotSentV1,
  RecordRedriveSentV1,
  ReportDeadLetterV1,
  RequestRedriveV1,
  RestoreDeadLetterV1,
} from './dead-letters.commands.schemas.ts';

/** Give a dead letter up for good, so that what is parked behind it goes on. */
export interface DiscardDeadLetterData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
}

export type DiscardDeadLetter = Message<'DiscardDeadLetter', DiscardDeadLetterData>;
export const DiscardDeadLetter = messageType<DiscardDeadLetter>({
  type: 'DiscardDeadLetter', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [DiscardDeadLetterV1],
});

/** Record that the group handled a redriven record. */
export interface RecordRedriveHandledData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
}

export type RecordRedriveHandled = Message<'RecordRedriveHandled', RecordRedriveHandledData>;
export const RecordRedriveHandled = messageType<RecordRedriveHandled>({
  type: 'RecordRedriveHandled', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [RecordRedriveHandledV1],
});

/** Record that there is nothing to copy for a redrive. */
export interface RecordRedriveNotSentData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
  /** record-missing, unknown-group or too-large: see RedriveNotSent. */
  readonly refusal: string;
}

export type RecordRedriveNotSent = Message<'RecordRedriveNotSent', RecordRedriveNotSentData>;
export const RecordRedriveNotSent = messageType<RecordRedriveNotSent>({
  type: 'RecordRedriveNotSent', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [RecordRedriveNotSentV1],
});

/** Record that the copy for a redrive was written. */
export interface RecordRedriveSentData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Which redrive of the dead letter it is: 1, 2, ... */
  readonly redrive: number;
}

export type RecordRedriveSent = Message<'RecordRedriveSent', RecordRedriveSentData>;
export const RecordRedriveSent = messageType<RecordRedriveSent>({
  type: 'RecordRedriveSent', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [RecordRedriveSentV1],
});

/** Report that a record was given up, for the first time or after a redrive. */
export interface ReportDeadLetterData {
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

export type ReportDeadLetter = Message<'ReportDeadLetter', ReportDeadLetterData>;
export const ReportDeadLetter = messageType<ReportDeadLetter>({
  type: 'ReportDeadLetter', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [ReportDeadLetterV1],
});

/** Give a dead letter back to the group that failed on it. */
export interface RequestRedriveData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
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
}

export type RequestRedrive = Message<'RequestRedrive', RequestRedriveData>;
export const RequestRedrive = messageType<RequestRedrive>({
  type: 'RequestRedrive', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [RequestRedriveV1],
});

/** Take back that a dead letter was discarded. */
export interface RestoreDeadLetterData {
  /** UUID of the failed record, the same for all its copies. */
  readonly deadLetterId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
}

export type RestoreDeadLetter = Message<'RestoreDeadLetter', RestoreDeadLetterData>;
export const RestoreDeadLetter = messageType<RestoreDeadLetter>({
  type: 'RestoreDeadLetter', topic: 'dead-letters.commands', key: 'deadLetterId',
  versions: [RestoreDeadLetterV1],
});

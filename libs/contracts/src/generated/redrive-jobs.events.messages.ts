// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  AdvanceIgnoredV1,
  CanaryIgnoredV1,
  RedriveJobAdvancedV1,
  RedriveJobCancellationRefusedV1,
  RedriveJobCancelledV1,
  RedriveJobFinishedV1,
  RedriveJobHaltedV1,
  RedriveJobStartRefusedV1,
  RedriveJobStartedV1,
} from './redrive-jobs.events.schemas.ts';

/** A portion came late or again, or its job is over. */
export interface AdvanceIgnoredData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Which portion of the job it is: 1, 2, ... */
  readonly step: number;
}

export type AdvanceIgnored = Message<'AdvanceIgnored', AdvanceIgnoredData>;
export const AdvanceIgnored = messageType<AdvanceIgnored>({
  type: 'AdvanceIgnored', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [AdvanceIgnoredV1],
});

/** The outcome of a canary came late or again. */
export interface CanaryIgnoredData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** The dead letter that it was about. */
  readonly deadLetterId: string;
}

export type CanaryIgnored = Message<'CanaryIgnored', CanaryIgnoredData>;
export const CanaryIgnored = messageType<CanaryIgnored>({
  type: 'CanaryIgnored', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [CanaryIgnoredV1],
});

/** The next portion of a job is to be redriven. */
export interface RedriveJobAdvancedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Which portion of the job it is: 1, 2, ... */
  readonly step: number;
  /** The portion, oldest first. */
  readonly deadLetterIds: readonly string[];
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Whether to pass over the limits of count and age. */
  readonly force: boolean;
  /** Whether nothing is left after it. */
  readonly last: boolean;
}

export type RedriveJobAdvanced = Message<'RedriveJobAdvanced', RedriveJobAdvancedData>;
export const RedriveJobAdvanced = messageType<RedriveJobAdvanced>({
  type: 'RedriveJobAdvanced', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobAdvancedV1],
});

/** A job was not cancelled. */
export interface RedriveJobCancellationRefusedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** unknown, over or idempotency-key-reused. */
  readonly refusal: string;
}

export type RedriveJobCancellationRefused = Message<'RedriveJobCancellationRefused', RedriveJobCancellationRefusedData>;
export const RedriveJobCancellationRefused = messageType<RedriveJobCancellationRefused>({
  type: 'RedriveJobCancellationRefused', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobCancellationRefusedV1],
});

/** An operator ended a job. */
export interface RedriveJobCancelledData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** How many of its dead letters were not requested. */
  readonly left: number;
}

export type RedriveJobCancelled = Message<'RedriveJobCancelled', RedriveJobCancelledData>;
export const RedriveJobCancelled = messageType<RedriveJobCancelled>({
  type: 'RedriveJobCancelled', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobCancelledV1],
});

/** Everything in a job was requested. */
export interface RedriveJobFinishedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
}

export type RedriveJobFinished = Message<'RedriveJobFinished', RedriveJobFinishedData>;
export const RedriveJobFinished = messageType<RedriveJobFinished>({
  type: 'RedriveJobFinished', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobFinishedV1],
});

/** The canary was not handled: the rest of the job is not sent. */
export interface RedriveJobHaltedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** The canary. */
  readonly deadLetterId: string;
  /** failed or refused. */
  readonly outcome: string;
}

export type RedriveJobHalted = Message<'RedriveJobHalted', RedriveJobHaltedData>;
export const RedriveJobHalted = messageType<RedriveJobHalted>({
  type: 'RedriveJobHalted', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobHaltedV1],
});

/** A job was not started. */
export interface RedriveJobStartRefusedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** exists, empty, invalid-rate or idempotency-key-reused. */
  readonly refusal: string;
}

export type RedriveJobStartRefused = Message<'RedriveJobStartRefused', RedriveJobStartRefusedData>;
export const RedriveJobStartRefused = messageType<RedriveJobStartRefused>({
  type: 'RedriveJobStartRefused', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobStartRefusedV1],
});

/** A job began; its first dead letter goes ahead as a canary. */
export interface RedriveJobStartedData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Consumer group whose dead letters they are. */
  readonly group: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Dead letters a second, 1 to 1000. */
  readonly rate: number;
  /** Whether to pass over the limits of count and age. */
  readonly force: boolean;
  /** What to redrive, oldest first: 1 to 10000 of them. */
  readonly deadLetterIds: readonly string[];
}

export type RedriveJobStarted = Message<'RedriveJobStarted', RedriveJobStartedData>;
export const RedriveJobStarted = messageType<RedriveJobStarted>({
  type: 'RedriveJobStarted', topic: 'redrive-jobs.events', key: 'jobId',
  versions: [RedriveJobStartedV1],
});

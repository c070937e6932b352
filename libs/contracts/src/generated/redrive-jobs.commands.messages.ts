// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  AdvanceRedriveJobV1,
  CancelRedriveJobV1,
  RecordCanaryV1,
  StartRedriveJobV1,
} from './redrive-jobs.commands.schemas.ts';

/** Go on with the next portion of a job. */
export interface AdvanceRedriveJobData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Which portion of the job it is: 1, 2, ... */
  readonly step: number;
}

export type AdvanceRedriveJob = Message<'AdvanceRedriveJob', AdvanceRedriveJobData>;
export const AdvanceRedriveJob = messageType<AdvanceRedriveJob>({
  type: 'AdvanceRedriveJob', topic: 'redrive-jobs.commands', key: 'jobId',
  versions: [AdvanceRedriveJobV1],
});

/** Redrive no more of a job. */
export interface CancelRedriveJobData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** Who asked for it. */
  readonly operator: string;
  /** Why, in the operator's words. */
  readonly reason: string;
}

export type CancelRedriveJob = Message<'CancelRedriveJob', CancelRedriveJobData>;
export const CancelRedriveJob = messageType<CancelRedriveJob>({
  type: 'CancelRedriveJob', topic: 'redrive-jobs.commands', key: 'jobId',
  versions: [CancelRedriveJobV1],
});

/** Record how the redrive of a job's canary ended. */
export interface RecordCanaryData {
  /** UUID of the redrive job. */
  readonly jobId: string;
  /** The canary. */
  readonly deadLetterId: string;
  /** handled, failed or refused. */
  readonly outcome: string;
}

export type RecordCanary = Message<'RecordCanary', RecordCanaryData>;
export const RecordCanary = messageType<RecordCanary>({
  type: 'RecordCanary', topic: 'redrive-jobs.commands', key: 'jobId',
  versions: [RecordCanaryV1],
});

/** Redrive many dead letters of one group: one as a canary, then the rest at a rate. */
export interface StartRedriveJobData {
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

export type StartRedriveJob = Message<'StartRedriveJob', StartRedriveJobData>;
export const StartRedriveJob = messageType<StartRedriveJob>({
  type: 'StartRedriveJob', topic: 'redrive-jobs.commands', key: 'jobId',
  versions: [StartRedriveJobV1],
});

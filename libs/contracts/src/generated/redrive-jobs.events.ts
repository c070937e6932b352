// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  AdvanceIgnored,
  CanaryIgnored,
  RedriveJobAdvanced,
  RedriveJobCancellationRefused,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStartRefused,
  RedriveJobStarted,
} from './redrive-jobs.events.messages.ts';

export * from './redrive-jobs.events.messages.ts';

/** Every message of the topic redrive-jobs.events. */
export const RedriveJobsEvents = contract('redrive-jobs.events', {
  AdvanceIgnored,
  CanaryIgnored,
  RedriveJobAdvanced,
  RedriveJobCancellationRefused,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStartRefused,
  RedriveJobStarted,
});

/** Any message of the topic redrive-jobs.events. */
export type RedriveJobsEvent =
  | AdvanceIgnored
  | CanaryIgnored
  | RedriveJobAdvanced
  | RedriveJobCancellationRefused
  | RedriveJobCancelled
  | RedriveJobFinished
  | RedriveJobHalted
  | RedriveJobStartRefused
  | RedriveJobStarted;

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  AdvanceRedriveJob,
  CancelRedriveJob,
  RecordCanary,
  StartRedriveJob,
} from './redrive-jobs.commands.messages.ts';

export * from './redrive-jobs.commands.messages.ts';

/** Every message of the topic redrive-jobs.commands. */
export const RedriveJobsCommands = contract('redrive-jobs.commands', {
  AdvanceRedriveJob,
  CancelRedriveJob,
  RecordCanary,
  StartRedriveJob,
});

/** Any message of the topic redrive-jobs.commands. */
export type RedriveJobsCommand =
  | AdvanceRedriveJob
  | CancelRedriveJob
  | RecordCanary
  | StartRedriveJob;

// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DiscardRefused,
  RecordingIgnored,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  ReportIgnored,
  RestoreRefused,
} from './dead-letters.events.messages.ts';

export * from './dead-letters.events.messages.ts';

/** Every message of the topic dead-letters.events. */
export const DeadLettersEvents = contract('dead-letters.events', {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DiscardRefused,
  RecordingIgnored,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  ReportIgnored,
  RestoreRefused,
});

/** Any message of the topic dead-letters.events. */
export type DeadLettersEvent =
  | DeadLetterDiscarded
  | DeadLetterReported
  | DeadLetterRestored
  | DiscardRefused
  | RecordingIgnored
  | RedriveFailed
  | RedriveHandled
  | RedriveNotSent
  | RedriveRefused
  | RedriveRequested
  | RedriveSent
  | ReportIgnored
  | RestoreRefused;

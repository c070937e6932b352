// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  DiscardDeadLetter,
  RecordRedriveHandled,
  RecordRedriveNotSent,
  RecordRedriveSent,
  ReportDeadLetter,
  RequestRedrive,
  RestoreDeadLetter,
} from './dead-letters.commands.messages.ts';

export * from './dead-letters.commands.messages.ts';

/** Every message of the topic dead-letters.commands. */
export const DeadLettersCommands = contract('dead-letters.commands', {
  DiscardDeadLetter,
  RecordRedriveHandled,
  RecordRedriveNotSent,
  RecordRedriveSent,
  ReportDeadLetter,
  RequestRedrive,
  RestoreDeadLetter,
});

/** Any message of the topic dead-letters.commands. */
export type DeadLettersCommand =
  | DiscardDeadLetter
  | RecordRedriveHandled
  | RecordRedriveNotSent
  | RecordRedriveSent
  | ReportDeadLetter
  | RequestRedrive
  | RestoreDeadLetter;

import type { FailureReports } from '@atelier/eventing/failures';
import { RecordRedriveHandled, ReportDeadLetter } from './generated/index.ts';

/** Those who keep the dead letters do not report their own: a report that fails would cause the next one. */
const SILENT = /^(dead-letters|redrive-jobs|projections\.dead-letters)\./;

/** How every service tells of its dead letters: as commands to the context that keeps them. */
export const reports: FailureReports = {
  deadLettered: ({ id, place, first, last, ...facts }) =>
    SILENT.test(facts.group)
      ? undefined
      : ReportDeadLetter({
          deadLetterId: id,
          group: facts.group,
          topic: place.topic,
          partition: place.partition,
          offset: place.offset,
          key: facts.key,
          messageType: facts.messageType,
          messageId: facts.messageId,
          handler: facts.handler,
          attempts: facts.attempts,
          redrives: facts.redrives,
          errorClass: last.errorClass,
          errorMessage: last.message,
          firstErrorClass: first.errorClass,
          firstErrorMessage: first.message,
          failedAt: BigInt(last.at),
          firstFailedAt: BigInt(first.at),
          service: facts.service,
          version: facts.version,
          traceparent: facts.traceparent,
        }),
  handled: ({ id, group, redrives }) =>
    SILENT.test(group) ? undefined : RecordRedriveHandled({ deadLetterId: id, redrive: redrives }),
};

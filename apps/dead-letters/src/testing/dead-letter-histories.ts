import {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DiscardDeadLetter,
  RecordRedriveHandled,
  RecordRedriveNotSent,
  RecordRedriveSent,
  RedriveFailed,
  RedriveHandled,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  REDRIVE_LIMIT,
  ReportDeadLetter,
  RequestRedrive,
  RestoreDeadLetter,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { EPOCH } from '@atelier/eventing/testing';

export const deadLetterId = 'de7e7ed0-0000-4000-8000-000000000001';
export const operator = { operator: 'grace', reason: 'the product is there now' };
const place = { group: 'inventory.reserve-stock', topic: 'orders.events', partition: 3, offset: 42n };
export const key = 'order-1';
export const failedAt = BigInt(EPOCH);

/** The failure after so many redrives. */
export const failure = (redrives: number) => ({
  deadLetterId,
  ...place,
  key,
  messageType: 'OrderPlaced',
  messageId: 'id-7',
  handler: 'inventory.reserve-stock OrderPlaced',
  attempts: 1,
  redrives,
  errorClass: 'TypeError',
  errorMessage: 'no such product',
  firstErrorClass: 'TypeError',
  firstErrorMessage: 'no such product',
  failedAt: failedAt + BigInt(redrives),
  firstFailedAt: failedAt,
  service: 'inventory',
  version: '0.1.0',
  traceparent: null,
});

const unedited = { value: null, difference: null };
export const alone = { jobId: null, canary: false };
export const asCanary = { jobId: 'job-1', canary: true };

export const report = (redrives: number) => ReportDeadLetter(failure(redrives));
export const request = RequestRedrive({ deadLetterId, ...operator, force: false, ...unedited, ...alone });
export const forced = RequestRedrive({ ...request.data, force: true });
export const recordSent = (redrive: number) => RecordRedriveSent({ deadLetterId, redrive });
export const recordNotSent = (redrive: number) =>
  RecordRedriveNotSent({ deadLetterId, redrive, refusal: 'record-missing' });
export const recordHandled = (redrive: number) => RecordRedriveHandled({ deadLetterId, redrive });
export const discard = DiscardDeadLetter({ deadLetterId, ...operator });
export const restore = RestoreDeadLetter({ deadLetterId, ...operator });

export const redriveRequested = (redrive: number, details: object = {}) =>
  RedriveRequested({
    ...request.data,
    ...place,
    redrive,
    failedAt: failedAt + BigInt(redrive - 1),
    ...details,
  });
export const redriveFailed = (redrive: number, parked = redrive >= REDRIVE_LIMIT) =>
  RedriveFailed({ ...failure(redrive), redrive, ...alone, parked });
export const failedRedrive = (redrive: number) => [
  redriveRequested(redrive),
  RedriveSent({ deadLetterId, redrive, jobId: null }),
  redriveFailed(redrive),
];

export const open = [DeadLetterReported(failure(0))];
export const requested = [...open, redriveRequested(1)];
export const sent = [...requested, RedriveSent({ deadLetterId, redrive: 1, jobId: null })];
export const handled = [...sent, RedriveHandled({ deadLetterId, redrive: 1, ...alone })];
export const failedAgain = [...sent, redriveFailed(1)];
export const parked = [...open, ...[1, 2, 3, 4, 5].flatMap(failedRedrive)];
export const discarding = DeadLetterDiscarded({ deadLetterId, ...operator, ...place, key, failedAt });
export const discarded = [...open, discarding];
export const restored = (history: Message[]) => [
  ...history,
  discarding,
  DeadLetterRestored({ deadLetterId, ...operator }),
];

export const refusedRedrive = (refusal: string) =>
  RedriveRefused({ deadLetterId, ...operator, refusal, ...alone });

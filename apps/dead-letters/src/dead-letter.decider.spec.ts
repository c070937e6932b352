import {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DiscardDeadLetter,
  DiscardRefused,
  RecordingIgnored,
  RecordRedriveHandled,
  RecordRedriveNotSent,
  RecordRedriveSent,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  REDRIVE_DAYS,
  REDRIVE_LIMIT,
  ReportDeadLetter,
  ReportIgnored,
  RequestRedrive,
  RestoreDeadLetter,
  RestoreRefused,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { EPOCH, expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { deadLetter } from './dead-letter.decider.ts';

const deadLetterId = 'de7e7ed0-0000-4000-8000-000000000001';
const operator = { operator: 'grace', reason: 'the product is there now' };
const place = { group: 'inventory.reserve-stock', topic: 'orders.events', partition: 3, offset: 42n };
const key = 'order-1';
const failedAt = BigInt(EPOCH);

/** The failure after so many redrives. */
const failure = (redrives: number) => ({
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
const alone = { jobId: null, canary: false };
const asCanary = { jobId: 'job-1', canary: true };

const report = (redrives: number) => ReportDeadLetter(failure(redrives));
const request = RequestRedrive({ deadLetterId, ...operator, force: false, ...unedited, ...alone });
const forced = RequestRedrive({ ...request.data, force: true });
const recordSent = (redrive: number) => RecordRedriveSent({ deadLetterId, redrive });
const recordNotSent = (redrive: number) =>
  RecordRedriveNotSent({ deadLetterId, redrive, refusal: 'record-missing' });
const recordHandled = (redrive: number) => RecordRedriveHandled({ deadLetterId, redrive });
const discard = DiscardDeadLetter({ deadLetterId, ...operator });
const restore = RestoreDeadLetter({ deadLetterId, ...operator });

const redriveRequested = (redrive: number, details: object = {}) =>
  RedriveRequested({
    ...request.data,
    ...place,
    redrive,
    failedAt: failedAt + BigInt(redrive - 1),
    ...details,
  });
const redriveFailed = (redrive: number, parked = redrive >= REDRIVE_LIMIT) =>
  RedriveFailed({ ...failure(redrive), redrive, ...alone, parked });
const failedRedrive = (redrive: number) => [
  redriveRequested(redrive),
  RedriveSent({ deadLetterId, redrive, jobId: null }),
  redriveFailed(redrive),
];

const open = [DeadLetterReported(failure(0))];
const requested = [...open, redriveRequested(1)];
const sent = [...requested, RedriveSent({ deadLetterId, redrive: 1, jobId: null })];
const handled = [...sent, RedriveHandled({ deadLetterId, redrive: 1, ...alone })];
const failedAgain = [...sent, redriveFailed(1)];
const parked = [...open, ...[1, 2, 3, 4, 5].flatMap(failedRedrive)];
const discarding = DeadLetterDiscarded({ deadLetterId, ...operator, ...place, key, failedAt });
const discarded = [...open, discarding];
const restored = (history: Message[]) => [
  ...history,
  discarding,
  DeadLetterRestored({ deadLetterId, ...operator }),
];

const refusedRedrive = (refusal: string) => RedriveRefused({ deadLetterId, ...operator, refusal, ...alone });

describe('reporting a failed record', () => {
  it('makes it a dead letter', () => {
    expect(given(deadLetter, []).when(report(0))).toEqual([DeadLetterReported(failure(0))]);
  });

  it('makes it one as well when its earlier reports are lost, and counts on', () => {
    expect(given(deadLetter, []).when(report(3))).toEqual([DeadLetterReported(failure(3))]);
    const [answer] = given(deadLetter, [DeadLetterReported(failure(3))]).when(request);
    expect(answer).toEqual(redriveRequested(4));
  });

  it.each<[string, Message[]]>([
    ['sent', sent],
    ['not yet recorded as sent', requested],
    ['handled before that, in a group without transactions', handled],
  ])('again says that its redrive failed: %s', (_, history) => {
    expect(given(deadLetter, history).when(report(1))).toEqual([redriveFailed(1, false)]);
  });

  it('again, as often as it may be redriven, parks it', () => {
    const four = [...open, ...[1, 2, 3, 4].flatMap(failedRedrive)];
    expect(given(deadLetter, [...four, redriveRequested(5)]).when(report(5))).toEqual([
      redriveFailed(5, true),
    ]);
  });

  it('again says to which job the redrive belongs', () => {
    const history = [...open, redriveRequested(1, asCanary)];
    const failed = RedriveFailed({ ...failure(1), redrive: 1, ...asCanary, parked: false });
    expect(given(deadLetter, history).when(report(1))).toEqual([failed]);
  });

  it.each<[string, Message[], number]>([
    ['open', open, 0],
    ['requested', requested, 0],
    ['sent', sent, 0],
    ['failed again', failedAgain, 1],
    ['failed again, earlier', failedAgain, 0],
    ['handled', handled, 0],
    ['discarded', discarded, 0],
    ['discarded after it failed again', [...failedAgain, discarding], 1],
  ])('says nothing new when it is repeated: %s', (_, history, redrives) => {
    expect(given(deadLetter, history).when(report(redrives))).toEqual([
      ReportIgnored({ deadLetterId, redrives }),
    ]);
  });
});

describe('requesting a redrive', () => {
  it.each<[string, Message[], number]>([
    ['open', open, 1],
    ['failed again', failedAgain, 2],
    ['restored', restored(open), 1],
    ['restored after it failed again', restored(failedAgain), 2],
  ])('is granted: %s', (_, history, redrive) => {
    expect(given(deadLetter, history).when(request)).toEqual([redriveRequested(redrive)]);
  });

  it('carries the edited value, what was changed, and its job', () => {
    const details = { value: Buffer.from('edited'), difference: '[]', ...asCanary };
    const edited = RequestRedrive({ ...request.data, ...details });
    expect(given(deadLetter, open).when(edited)).toEqual([redriveRequested(1, details)]);
  });

  it.each<[string, Message[]]>([
    ['unknown', []],
    ['under-way', requested],
    ['under-way', sent],
    ['handled', handled],
    ['discarded', discarded],
  ])('is refused, also by force: %s', (refusal, history) => {
    expect(given(deadLetter, history).when(request)).toEqual([refusedRedrive(refusal)]);
    expect(given(deadLetter, history).when(forced)).toEqual([refusedRedrive(refusal)]);
  });

  it.each<[string, Message[]]>([
    ['parked', parked],
    ['parked and restored', restored(parked)],
  ])('needs force when its redrives are used up: %s', (_, history) => {
    expect(given(deadLetter, history).when(request)).toEqual([refusedRedrive('limit')]);
    expect(given(deadLetter, history).when(forced)).toEqual([redriveRequested(6, { force: true })]);
  });

  it('needs force once more when it failed after that', () => {
    const history = [...parked, ...failedRedrive(6)];
    expect(given(deadLetter, history).when(request)).toEqual([refusedRedrive('limit')]);
  });

  it('needs force when it failed more than seven days ago', () => {
    const at = (command: RequestRedrive, time: number) => received(command, { time });
    const limit = EPOCH + REDRIVE_DAYS * 24 * 60 * 60 * 1_000;
    const rules = given(deadLetter, open);
    expect(rules.when(at(request, limit))).toEqual([redriveRequested(1)]);
    expect(rules.when(at(request, limit + 1))).toEqual([refusedRedrive('too-old')]);
    expect(rules.when(at(forced, limit + 1))).toEqual([redriveRequested(1, { force: true })]);
    expect(given(deadLetter, failedAgain).when(at(request, limit + 1))).toEqual([redriveRequested(2)]);
  });

  it('is refused to the job that asked', () => {
    const canary = RequestRedrive({ ...request.data, ...asCanary });
    const refusal = RedriveRefused({ ...refusedRedrive('handled').data, ...asCanary });
    expect(given(deadLetter, handled).when(canary)).toEqual([refusal]);
  });
});

describe('recording that a redrive was sent', () => {
  it('says so, and nothing more', () => {
    const history = [...open, redriveRequested(1, asCanary)];
    expect(given(deadLetter, history).when(recordSent(1))).toEqual([
      RedriveSent({ deadLetterId, redrive: 1, jobId: 'job-1' }),
    ]);
  });

  it.each<[string, Message[]]>([
    ['unknown', []],
    ['open', open],
    ['already sent', sent],
    ['already handled', [...requested, RedriveHandled({ deadLetterId, redrive: 1, ...alone })]],
    ['already failed', failedAgain],
    ['a later redrive', [...failedAgain, redriveRequested(2)]],
    ['discarded', discarded],
  ])('is ignored when it comes late or again: %s', (_, history) => {
    const ignored = RecordingIgnored({ deadLetterId, redrive: 1, recording: 'sent' });
    expect(given(deadLetter, history).when(recordSent(1))).toEqual([ignored]);
  });
});

describe('recording that a redrive could not be sent', () => {
  const notSent = (redrive: number, job: { jobId: string | null; canary: boolean } = alone) =>
    RedriveNotSent({
      deadLetterId,
      redrive,
      refusal: 'record-missing',
      ...job,
      parked: redrive > REDRIVE_LIMIT,
    });

  it('makes the dead letter again what it was (such a redrive stayed requested)', () => {
    for (const [history, redrive] of [
      [open, 1],
      [failedAgain, 2],
      [parked, 6],
    ] as const) {
      const asked = [...history, redriveRequested(redrive)];
      const answer = given(deadLetter, asked).when(recordNotSent(redrive));
      expect(answer).toEqual([notSent(redrive)]);
      expect(given(deadLetter, [...asked, ...answer]).when(request)).toEqual(
        given(deadLetter, history).when(request),
      );
      expect(given(deadLetter, [...asked, ...answer]).when(discard)).toEqual(
        given(deadLetter, history).when(discard),
      );
    }
  });

  it('says to which job the redrive belongs', () => {
    const history = [...open, redriveRequested(1, asCanary)];
    expect(given(deadLetter, history).when(recordNotSent(1))).toEqual([notSent(1, asCanary)]);
  });

  it.each<[string, Message[]]>([
    ['unknown', []],
    ['open', open],
    ['sent', sent],
    ['handled', handled],
    ['a later redrive', [...failedAgain, redriveRequested(2)]],
    ['discarded', discarded],
  ])('is ignored when it comes late or again: %s', (_, history) => {
    const ignored = RecordingIgnored({ deadLetterId, redrive: 1, recording: 'not-sent' });
    expect(given(deadLetter, history).when(recordNotSent(1))).toEqual([ignored]);
  });
});

describe('recording that a redrive was handled', () => {
  it.each<[string, Message[]]>([
    ['sent', sent],
    ['not yet recorded as sent', requested],
    ['failed before that, in a group without transactions', failedAgain],
  ])('settles the dead letter: %s', (_, history) => {
    expect(given(deadLetter, history).when(recordHandled(1))).toEqual([
      RedriveHandled({ deadLetterId, redrive: 1, ...alone }),
    ]);
  });

  it.each<[string, Message[], number]>([
    ['unknown', [], 1],
    ['open', open, 0],
    ['open', open, 1],
    ['already handled', handled, 1],
    ['a later redrive', [...failedAgain, redriveRequested(2)], 1],
    ['discarded', discarded, 0],
  ])('is ignored when it comes late or again: %s', (_, history, redrive) => {
    const ignored = RecordingIgnored({ deadLetterId, redrive, recording: 'handled' });
    expect(given(deadLetter, history).when(recordHandled(redrive))).toEqual([ignored]);
  });
});

describe('discarding a dead letter', () => {
  it.each<[string, Message[], number]>([
    ['open', open, 0],
    ['failed again', failedAgain, 1],
    ['parked', parked, 5],
    ['restored', restored(open), 0],
  ])('gives it up: %s', (_, history, redrives) => {
    const expected = DeadLetterDiscarded({ ...discarding.data, failedAt: failure(redrives).failedAt });
    expect(given(deadLetter, history).when(discard)).toEqual([expected]);
  });

  it.each<[string, Message[]]>([
    ['unknown', []],
    ['under-way', requested],
    ['under-way', sent],
    ['handled', handled],
    ['discarded', discarded],
  ])('is refused: %s', (refusal, history) => {
    const expected = DiscardRefused({ deadLetterId, ...operator, refusal });
    expect(given(deadLetter, history).when(discard)).toEqual([expected]);
  });
});

describe('restoring a dead letter', () => {
  it('takes back that it was discarded', () => {
    const expected = DeadLetterRestored({ deadLetterId, ...operator });
    expect(given(deadLetter, discarded).when(restore)).toEqual([expected]);
  });

  it.each([
    ['open', open],
    ['failed again', failedAgain],
    ['parked', parked],
  ])('makes it again what it was: %s', (_, history) => {
    const before = given(deadLetter, history).state();
    expect(given(deadLetter, restored(history)).state()).toEqual(before);
  });

  it.each<[string, Message[]]>([
    ['unknown', []],
    ['not-discarded', open],
    ['not-discarded', requested],
    ['not-discarded', sent],
    ['not-discarded', handled],
    ['not-discarded', parked],
    ['not-discarded', restored(open)],
  ])('is refused: %s', (refusal, history) => {
    const expected = RestoreRefused({ deadLetterId, ...operator, refusal });
    expect(given(deadLetter, history).when(restore)).toEqual([expected]);
  });
});

describe('a log that begins in the middle', () => {
  it('is broken', () => {
    expect(() => given(deadLetter, [redriveRequested(1)]).state()).toThrow('never reported');
  });
});

describe('a key that was used for another request', () => {
  const refusal = 'idempotency-key-reused';

  it.each([
    [request, refusedRedrive(refusal)],
    [discard, DiscardRefused({ deadLetterId, ...operator, refusal })],
    [restore, RestoreRefused({ deadLetterId, ...operator, refusal })],
    [report(0), ReportIgnored({ deadLetterId, redrives: 0 })],
    [recordSent(1), RecordingIgnored({ deadLetterId, redrive: 1, recording: 'sent' })],
    [recordNotSent(1), RecordingIgnored({ deadLetterId, redrive: 1, recording: 'not-sent' })],
    [recordHandled(1), RecordingIgnored({ deadLetterId, redrive: 1, recording: 'handled' })],
  ])('is refused: %#', (command, answer) => {
    expect(deadLetter.refuseReusedKey?.(received(command), { status: 'unknown' })).toEqual(answer);
  });
});

describe('the fold', () => {
  it('is the one that this version had (state on disk would keep the old meaning)', () => {
    const redrive = 1;
    const notSent = RedriveNotSent({
      deadLetterId,
      redrive,
      ...alone,
      refusal: 'record-missing',
      parked: false,
    });
    const noted = [
      refusedRedrive('under-way'),
      DiscardRefused({ deadLetterId, ...operator, refusal: 'under-way' }),
      RestoreRefused({ deadLetterId, ...operator, refusal: 'not-discarded' }),
      ReportIgnored({ deadLetterId, redrives: 0 }),
      RecordingIgnored({ deadLetterId, redrive, recording: 'sent' }),
    ];
    const histories = [handled, failedAgain, restored(parked), [...requested, ...noted, notSent]];
    expectSameFold(deadLetter, histories, { version: 1, fingerprint: 'cfebe308a5bd.a4bcf81617f8' });
  });
});

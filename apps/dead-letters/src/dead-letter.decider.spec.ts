import {
  DeadLetterReported,
  DiscardRefused,
  RecordingIgnored,
  RedriveFailed,
  RedriveNotSent,
  ReportIgnored,
  RestoreRefused,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { deadLetter } from './dead-letter.decider.ts';
import {
  alone,
  asCanary,
  deadLetterId,
  discard,
  discarded,
  discarding,
  failedAgain,
  failedRedrive,
  failure,
  handled,
  open,
  operator,
  parked,
  recordHandled,
  recordNotSent,
  recordSent,
  redriveFailed,
  redriveRequested,
  refusedRedrive,
  report,
  request,
  requested,
  restore,
  restored,
  sent,
} from './testing/dead-letter-histories.ts';

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

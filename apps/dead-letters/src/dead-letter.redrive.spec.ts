import {
  RecordingIgnored,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
  RedriveSent,
  REDRIVE_DAYS,
  REDRIVE_LIMIT,
  RequestRedrive,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { EPOCH, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { deadLetter } from './dead-letter.decider.ts';
import {
  alone,
  asCanary,
  deadLetterId,
  discard,
  discarded,
  failedAgain,
  failedRedrive,
  forced,
  handled,
  open,
  parked,
  recordHandled,
  recordNotSent,
  recordSent,
  redriveRequested,
  refusedRedrive,
  request,
  requested,
  restored,
  sent,
} from './testing/dead-letter-histories.ts';

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

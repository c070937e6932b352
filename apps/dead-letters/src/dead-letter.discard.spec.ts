import { DeadLetterDiscarded, DeadLetterRestored, DiscardRefused, RestoreRefused } from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { given } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { deadLetter } from './dead-letter.decider.ts';
import {
  deadLetterId,
  discard,
  discarded,
  discarding,
  failedAgain,
  failure,
  handled,
  open,
  operator,
  parked,
  requested,
  restore,
  restored,
  sent,
} from './testing/dead-letter-histories.ts';

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

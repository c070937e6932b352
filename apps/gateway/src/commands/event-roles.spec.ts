import { describe, expect, it } from '@jest/globals';
import type { CommittedEvent } from '../events/committed-event.ts';
import { isAnswerTo, refusalIn, refusesReusedKey, settles } from './event-roles.ts';

const event = (type: string, data: object) => ({ type, data }) as CommittedEvent;
const reused = 'idempotency-key-reused';

describe('what an event is to those who wait', () => {
  it.each([
    ['OrderPlacementRefused', { reason: reused }],
    // The operator's own words stand in `reason`.
    ['DiscardRefused', { reason: 'not needed', refusal: reused }],
  ])('is a refusal of a reused key: %s %j', (type, data) => {
    expect(refusesReusedKey(event(type, data))).toBe(true);
  });

  it('is no refusal of a reused key because an operator writes so', () => {
    const refused = event('DiscardRefused', { reason: reused, refusal: 'handled' });
    expect([refusesReusedKey(refused), refusalIn(refused)]).toEqual([false, 'handled']);
    expect(refusalIn(event('OrderCancelled', { reason: reused }))).toBeUndefined();
  });

  it('is nothing where its type is of a newer release (whatever ended in Refused was a refusal)', () => {
    const newer = event('ReturnRefused', { reason: reused });
    expect([refusesReusedKey(newer), settles(newer), isAnswerTo('PlaceOrder', newer)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

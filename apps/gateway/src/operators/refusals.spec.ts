import { describe, expect, it } from '@jest/globals';
import { refused } from './refusals.ts';

describe('a refusal', () => {
  it('of something unknown is not found', () => {
    expect(refused('redrive', 'dead letter x', 'unknown')).toMatchObject({ status: 404 });
  });

  it.each([
    ['under-way', 'wait'],
    ['handled', 'nothing left'],
    ['discarded', 'restore it first'],
    ['record-missing', 'discard it'],
    ['unreadable-batch', 'publish anew what matters of it'],
    ['limit', '"force": true'],
    ['too-old', '"force": true'],
    ['something-new', 'something-new'],
  ])('for %s says what to do', (refusal, advice) => {
    expect(refused('redrive', 'dead letter x', refusal).body).toMatchObject({
      status: 409,
      type: 'urn:atelier:problem:redrive-refused',
      detail: expect.stringContaining(advice),
      refusal,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { preferredWait } from './prefer.ts';

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['Wait = "5"', 5],
    ['respond-async, wait=3', 3],
    ['wait=2, wait=9', 2],
    ['wait=0', 0],
    ['wait=31', 30],
    ['wait=99999999999999999999', 30],
  ])('%s is %d seconds', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it.each([undefined, '', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=soon', 'waiting=3'])(
    '%s is ignored',
    (header) => {
      expect(preferredWait(header)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { preferredWait } from './prefer.ts';

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['Wait = "5"', 5],
    ['wait="1\\0"', 10],
    ['respond-async, wait=3', 3],
    ['respond-async;,wait=3', 3],
    [', ,wait=3', 3],
    ['return=minimal; foo="some, parameter", wait=3', 3],
    ['foo="\\", wait=9", wait=3', 3],
    ['wait=3; wait=9', 3],
    ['wait=3; 1=x', 3],
    [`${'a,'.repeat(400)}wait=3`, 3],
    ['wait=2, wait=9', 2],
    ['wait=0', 0],
    ['wait=31', 30],
    ['wait=99999999999999999999', 30],
  ])('%s is %d seconds', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it.each([
    undefined,
    '',
    ',',
    ';',
    '=',
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=soon',
    'waiting=3',
    'wait="3',
    'wait=(3)',
    'foo=a b, wait=3',
    'foo="a"b, wait=3',
    'foo=, wait=3',
    'foo bar, wait=3',
    'foo="\u0001", wait=3',
    'foo; bar=a b, wait=3',
    'foo/bar, wait=3',
    'wait=3, foo="a',
    'wait=3;"x"',
  ])('%s is ignored', (header) => {
    expect(preferredWait(header)).toBeUndefined();
  });

  it.each([',', 'a,', 'wait;', 'a="b",'])(
    'is ignored in a header of 64 KiB, which would take a while to read: %s',
    (preference) => {
      const header = preference.repeat(Math.floor(64_000 / preference.length));
      expect(preferredWait(`${header},wait=3`)).toBeUndefined();
    },
  );

  it.each([
    'foo="a, wait=3"',
    'foo="a\\", wait=3"',
    'foo="a, wait=3',
    'handling=lenient; wait=3',
    'handling=lenient ;wait=3;x, respond-async',
    'wait; wait=3',
    'wait, wait=3',
    'wait=soon, wait=3',
    '1=x; wait=3',
    'wait\u00a0=3',
  ])('%s has no wait of its own', (header) => {
    expect(preferredWait(header)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { readSmtpFault } from './smtp-fault.ts';

describe('a fault of the mail server', () => {
  it.each([
    ['up', { mode: 'up' }],
    ['down', { mode: 'down' }],
    ['refuse', { mode: 'refuse', code: 451 }],
    ['refuse 550', { mode: 'refuse', code: 550 }],
    ['slow', { mode: 'slow', delayMs: 10_000 }],
    ['slow 2s', { mode: 'slow', delayMs: 2_000 }],
    ['slow 500ms', { mode: 'slow', delayMs: 500 }],
  ])('is written %s', (text, fault) => expect(readSmtpFault(text)).toEqual(fault));

  it.each(['', 'sideways', 'up 1', 'refuse 250', 'refuse 600', 'slow 0s', 'slow 2', 'slow 2d', 'slow 1s 2s'])(
    'is not written "%s"',
    (text) => expect(() => readSmtpFault(text)).toThrow(/^"smtp.*" is no fault: say smtp up, smtp down/),
  );
});

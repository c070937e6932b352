import { describe, expect, it } from '@jest/globals';
import { Standstill, until } from './standstill.ts';

describe('a wait', () => {
  it('goes on for longer than the standstill that it bears, as long as something moves', async () => {
    let moved = 0;
    const progress = () => ++moved;
    await until('twenty looks', () => moved >= 20, { progress, standstillMs: 10, everyMs: 5 });
    expect(moved).toBe(20);
  });

  it('ends when nothing moves any more, and says what was waited for, as it stood last', async () => {
    let moved = 0;
    const waiting = until(
      () => `it stands at ${moved}`,
      () => false,
      { progress: () => (moved = Math.min(3, moved + 1)), standstillMs: 20, everyMs: 5 },
    );
    await expect(waiting).rejects.toThrow('Nothing has changed for 0.02 s: it stands at 3');
  });

  it('ends at its ceiling, whatever moves', async () => {
    let moved = 0;
    const waiting = until('never', () => false, { progress: () => ++moved, ceilingMs: 30, everyMs: 5 });
    await expect(waiting).rejects.toThrow('Not within 0.03 s: never');
  });

  it('passes on what the condition throws', async () => {
    const failing = () => Promise.reject(new Error('it has ended'));
    await expect(until('anything', failing)).rejects.toThrow('it has ended');
  });
});

describe('a standstill', () => {
  it('is seen by looking: five seconds in which nobody could look count, a minute does not', () => {
    const clock = performance.now.bind(performance);
    let skipped = 0;
    performance.now = () => clock() + skipped;
    try {
      const standstill = new Standstill({ standstillMs: 15_000 });
      standstill.look(1);
      for (let looks = 1; looks <= 4; looks++) {
        skipped += 60_000;
        standstill.look(1);
        expect(standstill.verdict !== undefined).toBe(looks > 2);
      }
      standstill.look(2);
      expect(standstill.verdict).toBeUndefined();
    } finally {
      performance.now = clock;
    }
  });
});

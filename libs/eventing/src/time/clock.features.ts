import { describe, expect, it } from '@jest/globals';
import type { Clock } from './clock.ts';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
}

/** Longer than Node's timers can wait. */
const TOO_LONG_FOR_NODE_MS = [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
const HOWS = [undefined, 'background'] as const;

/** What the engine relies on wherever it waits. */
export function clockContract(start: () => ClockUnderTest): void {
  describe('a timer', () => {
    /** The names of timers, as they ring. */
    const ringing = () => {
      const { clock, pass } = start();
      const rang: string[] = [];
      const set = (name: string, ms: number, how?: 'background') =>
        clock.timer(ms, () => rang.push(name), how);
      return { clock, pass, rang, set };
    };

    it.each(HOWS.flatMap((how) => [0, -1, -Infinity, 0.5, 5].map((ms) => [ms, how] as const)))(
      'of %d ms rings once, and never in the call that sets it (%s)',
      async (ms, how) => {
        const { pass, rang, set } = ringing();
        set('rang', ms, how);
        expect(rang).toEqual([]);
        await Promise.resolve();
        expect(rang).toEqual([]);
        while (rang.length === 0) await pass(5);
        await pass(20);
        expect(rang).toEqual(['rang']);
      },
    );

    it('rings after its time, and the shorter one first', async () => {
      const { clock, pass, rang, set } = ringing();
      const began = clock.elapsed();
      set('long', 60);
      set('short', 10);
      while (rang.length < 2) await pass(5);
      expect(rang).toEqual(['short', 'long']);
      expect(clock.elapsed() - began).toBeGreaterThanOrEqual(59);
    });

    it.each(HOWS)(
      'does not ring at once when its time is long, and never after Infinity (%s)',
      async (how) => {
        const { pass, rang, set } = ringing();
        const cancels = [...TOO_LONG_FOR_NODE_MS, Infinity].map((ms) => set(`${ms}`, ms, how));
        await pass(50);
        for (const cancel of cancels) cancel();
        expect(rang).toEqual([]);
      },
    );

    it.each(HOWS)(
      'is refused for NaN (it rang at once on the machine, and never in simulated time) (%s)',
      (how) => {
        const { set } = ringing();
        expect(() => set('never', NaN, how)).toThrow(RangeError);
        expect(() => set('never', NaN, how)).toThrow('A wait of NaN milliseconds');
      },
    );

    it.each(HOWS)(
      'does not ring once it is cancelled, and may be cancelled again, and too late (%s)',
      async (how) => {
        const { pass, rang, set } = ringing();
        for (const ms of [0, 1, 10]) {
          const cancel = set(`cancelled after ${ms}`, ms, how);
          cancel();
          cancel();
        }
        const late = set('rang', 1, how);
        while (rang.length === 0) await pass(5);
        late();
        await pass(20);
        expect(rang).toEqual(['rang']);
      },
    );

    it.each([0, 5])(
      'of %d ms is cancelled by the one before it, which is due at the same time',
      async (ms) => {
        const { clock, pass, rang, set } = ringing();
        clock.timer(ms, () => cancel());
        const cancel = set('cancelled', ms);
        await pass(30);
        expect(rang).toEqual([]);
      },
    );
  });

  it('gives back what work comes to that no clock knows of', async () => {
    const { clock, pass } = start();
    const [good, bad] = [
      clock.during(Promise.resolve(1)),
      clock.during(Promise.reject(new Error('disk full'))),
    ];
    const failed = expect(bad).rejects.toThrow('disk full');
    await pass(1);
    expect(await good).toBe(1);
    await failed;
  });
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import { Progress, PROGRESS_MS } from './progress.ts';

describe('progress after a repair', () => {
  let now: number;
  let settling: { lastSettledAt: number };
  let progress: Progress;

  beforeEach(() => {
    now = 1_000;
    settling = { lastSettledAt: 900 };
    progress = new Progress(settling, () => now);
  });

  const settleAt = (at: number) => {
    now = at;
    settling.lastSettledAt = at;
  };

  it('is there when an order is settled soon', () => {
    progress.repaired('a kill');
    expect(progress.look()).toBe(false);
    settleAt(3_500);
    expect(progress.look()).toBe(true);
    expect(progress.violations).toEqual([]);
    expect([progress.takeLongest(), progress.takeLongest()]).toEqual([2_500, 0]);
  });

  it('is missing when nothing is settled in time, and is told once', () => {
    progress.repaired('a kill');
    now += PROGRESS_MS + 1;
    expect([progress.look(), progress.look()]).toEqual([true, true]);
    expect(progress.violations).toEqual(['no order was settled within 30 s after the end of: a kill']);
  });

  it('is not what was settled before the repair', () => {
    settleAt(2_000);
    progress.repaired('a kill');
    now += PROGRESS_MS + 1;
    progress.look();
    expect(progress.violations).toHaveLength(1);
  });

  it('is asked of each of several repairs', () => {
    progress.repaired('one');
    now += 20_000;
    progress.repaired('two');
    now += 15_000;
    expect(progress.look()).toBe(false);
    settleAt(now + 1);
    expect(progress.look()).toBe(true);
    expect(progress.violations).toEqual([expect.stringContaining('one')]);
    expect(progress.takeLongest()).toBe(15_001);
  });

  it('may stop again, although nothing is broken', () => {
    progress.repaired('a kill');
    settleAt(2_000);
    now += PROGRESS_MS + 1;
    progress.look();
    expect(progress.violations).toEqual(['no order was settled for 30 s, although nothing was broken']);
  });

  it('may stop while something is broken', () => {
    progress.repaired('a kill');
    settleAt(2_000);
    progress.look();
    progress.breaking();
    now += 10 * PROGRESS_MS;
    expect([progress.look(), progress.violations]).toEqual([true, []]);
  });
});

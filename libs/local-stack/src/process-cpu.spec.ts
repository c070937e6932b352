import { describe, expect, it } from '@jest/globals';
import { cpuMs, msInStat, msOfClock } from './process-cpu.ts';

describe('the CPU of a process', () => {
  it('is read from behind its command, which may hold spaces and parentheses', () => {
    const stat = '4711 (a) b (c) S 1 4711 4711 0 -1 4194560 5 0 0 0 123 45 0 0 20 0 11 0 987654 1 2 3';
    expect(msInStat(stat)).toBe(1_680);
  });

  it.each([
    ['0:00.12', 120],
    ['01:02', 62_000],
    ['10:00:01', 36_001_000],
    ['2-00:00:03', 172_803_000],
  ])('is read as ps tells it: %s', (text, ms) => {
    expect(msOfClock(text)).toBe(ms);
  });

  it('grows while it works, and is unknown of no process', () => {
    const before = cpuMs(process.pid);
    if (before === undefined || process.platform !== 'linux') return;
    for (const end = process.cpuUsage().user + 100_000; process.cpuUsage().user < end;);
    expect(cpuMs(process.pid)).toBeGreaterThan(before);
    expect(cpuMs(2 ** 30)).toBeUndefined();
  });
});

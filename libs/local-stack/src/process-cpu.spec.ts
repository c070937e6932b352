import { describe, expect, it } from '@jest/globals';
import { cpuMs, familyTime, timeInStat, timesInPs } from './process-cpu.ts';

describe('the CPU of a process', () => {
  it('is read from behind its command, which may hold spaces and parentheses, with that of ended children', () => {
    const stat = '4711 (a) b (c) S 7 4711 4711 0 -1 4194560 5 0 0 0 123 45 2 1 20 0 11 0 987654 1 2 3';
    expect(timeInStat(stat)).toEqual({ pid: 4711, parent: 7, ms: 1_710 });
  });

  it('is read as ps tells it', () => {
    const text =
      '    1     0   0:00.12\n   20     1   01:02\n  300    20  10:00:01\n 4000     1 2-00:00:03\n';
    expect(timesInPs(text)).toEqual([
      { pid: 1, parent: 0, ms: 120 },
      { pid: 20, parent: 1, ms: 62_000 },
      { pid: 300, parent: 20, ms: 36_001_000 },
      { pid: 4_000, parent: 1, ms: 172_803_000 },
    ]);
  });

  it('is that of all its descendants, too', () => {
    const times = [
      { pid: 1, parent: 0, ms: 1 },
      { pid: 2, parent: 1, ms: 10 },
      { pid: 3, parent: 2, ms: 100 },
      { pid: 4, parent: 9, ms: 1_000 },
    ];
    expect([1, 2, 4, 5].map((pid) => familyTime(times, pid))).toEqual([111, 110, 1_000, undefined]);
  });

  it('grows while it works, and is unknown of no process', () => {
    const before = cpuMs(process.pid);
    if (before === undefined || process.platform !== 'linux') return;
    for (const end = process.cpuUsage().user + 100_000; process.cpuUsage().user < end;);
    expect(cpuMs(process.pid)).toBeGreaterThan(before);
    expect(cpuMs(2 ** 30)).toBeUndefined();
  });
});

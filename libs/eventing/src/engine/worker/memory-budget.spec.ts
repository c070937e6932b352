import { describe, expect, it } from '@jest/globals';
import { MemoryBudget } from './memory-budget.ts';

const MIB = 1024 * 1024;

describe('a memory budget', () => {
  it('sets aside what is asked for, but never more than half of what is left', () => {
    const budget = new MemoryBudget(16 * MIB);
    expect(budget.reserve(MIB)).toBe(MIB);
    budget.give(MIB);
    expect(budget.reserve(100 * MIB)).toBe(8 * MIB);
    expect(budget.reserve(100 * MIB)).toBe(4 * MIB);
    expect(budget.used).toBe(12 * MIB);
  });

  it('has a little for everybody, even when it is used up', () => {
    const budget = new MemoryBudget(MIB);
    budget.take(MIB);
    expect(budget.exhausted).toBe(true);
    expect(budget.reserve(MIB)).toBeGreaterThan(0);
  });

  it('calls those who wait, once, as soon as there is room', () => {
    const budget = new MemoryBudget(MIB);
    let called = 0;
    budget.take(2 * MIB);
    budget.whenFreed(() => called++);
    budget.give(MIB);
    expect(called).toBe(0);
    budget.give(1);
    budget.give(1);
    expect(called).toBe(1);
  });
});

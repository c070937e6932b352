import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Circuit, Waiter } from './circuit.ts';
import { systemClock } from '../time/system-clock.ts';

const never = new AbortController().signal;

/** Waiters that have met the outage, and those whose turn has come, in that order. */
function outage(names: readonly string[]) {
  const circuit = new Circuit('SMTP', systemClock);
  const goes: string[] = [];
  const waiters = new Map(names.map((name) => [name, new Waiter(circuit)]));
  const waiter = (name: string) => waiters.get(name) as Waiter;
  const meet = (name: string) => circuit.failed(waiter(name), 'refused');
  const wait = async (name: string, signal = never) => {
    await waiter(name).tryAgain(signal);
    goes.push(name);
  };
  for (const name of names) meet(name);
  return { circuit, goes, waiter, meet, wait };
}

const later = (ms: number) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a circuit', () => {
  it('is open from the first failure on, and says for how long', () => {
    const { circuit } = outage(['a']);
    expect(circuit.open).toBe(true);
    expect(circuit.reason).toBe('SMTP has been down for 0 s: refused');
    circuit.close();
    expect(circuit.open).toBe(false);
  });

  it('lets everybody pass while it is closed', async () => {
    await new Waiter(new Circuit('SMTP', systemClock)).tryAgain(never);
  });

  it('lets one at a time try, not at once, and all go on when it succeeds', async () => {
    const { goes, wait, waiter, circuit } = outage(['a', 'b', 'c']);
    const all = Promise.all(['a', 'b', 'c'].map((name) => wait(name)));
    await later(49);
    expect(goes).toEqual([]);
    await later(60_000);
    expect(goes).toEqual(['a']);
    waiter('a').over();
    await all;
    expect(goes).toEqual(['a', 'b', 'c']);
    expect(circuit.open).toBe(false);
  });

  it('waits twice as long after each try in vain, and 5 seconds at most', async () => {
    const { goes, wait, meet } = outage(['a']);
    for (const ms of [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const tries = goes.length;
      const waiting = wait('a');
      await later(ms - 1);
      expect(goes).toHaveLength(tries);
      await later(1);
      await waiting;
      meet('a');
    }
  });

  it('does not wait longer because others met the outage, too', async () => {
    const { goes, meet, wait } = outage(['a', 'b']);
    const waiting = wait('a');
    for (let count = 0; count < 10; count++) meet('b');
    await later(50);
    await waiting;
    expect(goes).toEqual(['a']);
  });

  it('gives the try to another when the one who has it leaves', async () => {
    const { goes, wait, waiter, circuit } = outage(['a', 'b']);
    const others = [wait('a'), wait('b')];
    await later(60_000);
    expect(goes).toEqual(['a']);
    waiter('a').leave();
    await Promise.all(others);
    expect(goes).toEqual(['a', 'b']);
    expect(circuit.open).toBe(true);
  });

  it('takes nothing from the one who tries when somebody else leaves', async () => {
    const { goes, wait, waiter } = outage(['a', 'b', 'c']);
    void wait('a');
    void wait('c');
    await later(50);
    waiter('b').leave();
    await later(60_000);
    expect(goes).toEqual(['a']);
  });

  it('lets go of one whose partition is taken away, who then does not try', async () => {
    const { goes, wait } = outage(['a', 'b']);
    const stopping = new AbortController();
    const leaving = wait('a', stopping.signal);
    stopping.abort();
    await leaving;
    void wait('b');
    await later(50);
    expect(goes).toEqual(['a', 'b']);
  });

  it('starts with a short wait again in the next outage', async () => {
    const { goes, wait, meet, waiter } = outage(['a']);
    for (let count = 0; count < 3; count++) {
      void wait('a');
      await later(5_000);
      meet('a');
    }
    waiter('a').over();
    meet('a');
    void wait('a');
    await later(50);
    expect(goes).toHaveLength(4);
  });
});

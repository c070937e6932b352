import { describe, expect, it } from '@jest/globals';
import { clockContract } from '../time/clock.features.ts';
import { seeded } from '../time/seeded.ts';
import { sleep, within, withTimeout } from '../time/waiting.ts';
import { VirtualClock } from './virtual-clock.ts';

clockContract(() => {
  const clock = new VirtualClock();
  return { clock, pass: (ms) => clock.run(sleep(clock, ms)) };
});

describe('simulated time', () => {
  it('goes from timer to timer, those of one time in the order in which they were set', async () => {
    const clock = new VirtualClock(1_000);
    const rang: string[] = [];
    const ring = (name: string, ms: number) => clock.timer(ms, () => rang.push(`${name} at ${clock.now()}`));
    ring('c', 20);
    ring('a', 10);
    ring('b', 10);
    ring('never', Infinity);
    ring('cancelled', 15)();
    await clock.run(sleep(clock, 3_600_000));
    expect(rang).toEqual(['a at 1010', 'b at 1010', 'c at 1020']);
    expect(clock.elapsed()).toBe(3_600_000);
  });

  it('draws which of those of one moment is first, and never before one that is due earlier', async () => {
    const order = async (seed: number) => {
      const clock = new VirtualClock(0, seeded(seed));
      const rang: string[] = [];
      for (const name of ['a', 'b', 'c', 'd']) clock.timer(10, () => rang.push(name));
      clock.timer(5, () => rang.push('earlier'));
      clock.timer(15, () => rang.push('later'));
      await clock.run(sleep(clock, 20));
      return rang.join(' ');
    };
    const orders = await Promise.all([1, 2, 3, 4, 5].map(order));
    expect(new Set(orders).size).toBeGreaterThan(1);
    for (const names of orders) {
      expect(names).toMatch(/^earlier .* later$/);
      expect(names.split(' ').toSorted()).toEqual(['a', 'b', 'c', 'd', 'earlier', 'later']);
    }
    expect(await order(1)).toBe(orders[0]);
  });

  it('rings after waits that Node has to make of several', async () => {
    const clock = new VirtualClock();
    await clock.run(sleep(clock, 2 ** 40));
    expect(clock.elapsed()).toBe(2 ** 40);
  });

  it('stands still while nobody waits for it', async () => {
    const clock = new VirtualClock();
    let rang = false;
    clock.timer(1, () => (rang = true));
    await new Promise(setImmediate);
    expect([rang, clock.elapsed()]).toEqual([false, 0]);
  });

  it('stands still during work that no clock knows of, which comes back in the order of its beginning', async () => {
    const clock = new VirtualClock();
    const ended: string[] = [];
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
    };
    const work = async (name: string, count: number) => {
      await clock.during(turns(count));
      ended.push(`${name} at ${clock.elapsed()}`);
    };
    clock.timer(5, () => undefined);
    await clock.run(Promise.all([work('long', 20), work('short', 2)]));
    expect(ended).toEqual(['long at 0', 'short at 0']);
    await expect(clock.run(clock.during(Promise.reject(new Error('disk full'))))).rejects.toThrow(
      'disk full',
    );
  });

  it('says so when what is waited for will never happen', async () => {
    const clock = new VirtualClock();
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('will never happen');
  });

  it('ends what takes too long', async () => {
    const clock = new VirtualClock();
    const stuck = withTimeout(clock, 8_000, () => new Promise(() => undefined));
    await expect(clock.run(stuck)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await clock.run(within(clock, 1_000, new Promise(() => undefined)))).toBe(false);
    expect(clock.elapsed()).toBe(9_000);
  });

  it('does not keep a sleep that was aborted', async () => {
    const clock = new VirtualClock();
    const stopping = new AbortController();
    const asleep = clock.run(sleep(clock, 9_000, stopping.signal));
    stopping.abort(new Error('stopped'));
    await expect(asleep).rejects.toThrow('stopped');
    expect(clock.elapsed()).toBe(0);
  });
});

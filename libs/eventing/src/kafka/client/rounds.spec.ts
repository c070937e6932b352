import { describe, expect, it } from '@jest/globals';
import { Rounds } from './rounds.ts';

/** Rounds that are answered when the spec says so. */
function asking() {
  const begun: { topics: readonly string[]; answer: (text: string) => void; fail: (error: Error) => void }[] =
    [];
  const rounds = new Rounds<string>((topics) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    begun.push({ topics, answer: resolve, fail: reject });
    return promise;
  });
  return { rounds, begun };
}

const turns = () => new Promise((resolve) => void setImmediate(resolve));

describe('rounds of questions to all brokers', () => {
  it('are one for all who ask at the same time', async () => {
    const { rounds, begun } = asking();
    const answers = [rounds.join(['orders']), rounds.join(['payments', 'orders'])];
    await turns();
    expect(begun.map(({ topics }) => topics)).toEqual([['orders', 'payments']]);
    begun[0]?.answer('first');
    expect(await Promise.all(answers)).toEqual(['first', 'first']);
  });

  it('answer nobody who asked after they began, and all of these together (each waited a second for a paused broker)', async () => {
    const { rounds, begun } = asking();
    const early = rounds.join(['orders']);
    await turns();
    const late = [rounds.join(['orders']), rounds.join(['payments'])];
    await turns();
    expect(begun).toHaveLength(1);
    begun[0]?.answer('first');
    expect(await early).toBe('first');
    await turns();
    expect(begun.map(({ topics }) => topics)).toEqual([['orders'], ['orders', 'payments']]);
    begun[1]?.answer('second');
    expect(await Promise.all(late)).toEqual(['second', 'second']);
  });

  it('go on behind one that has failed', async () => {
    const { rounds, begun } = asking();
    const first = rounds.join(['orders']);
    await turns();
    const second = rounds.join(['orders']);
    begun[0]?.fail(new Error('nobody answers'));
    await expect(first).rejects.toThrow('nobody answers');
    await turns();
    begun[1]?.answer('second');
    expect(await second).toBe('second');
  });
});

import { describe, expect, it } from '@jest/globals';
import { Turn } from './turn.ts';
import { systemClock } from '../../time/system-clock.ts';

const late = () => new Error('late');

describe('a turn', () => {
  it('answers what the work answers', async () => {
    const work = async (handled: () => void) => {
      handled();
      return 'done';
    };
    expect(await new Turn(systemClock, 60_000, late).run(work)).toBe('done');
  });

  it('goes on without a handler that hangs, and refuses its late answer', async () => {
    const gate = Promise.withResolvers<void>();
    const sent: string[] = [];
    const work = async (handled: () => void) => {
      await gate.promise;
      handled();
      sent.push('late');
    };
    let outcome: Promise<void> | undefined;
    const remembered = (handled: () => void) => (outcome = work(handled));
    await expect(new Turn(systemClock, 1, late).run(remembered)).rejects.toThrow('late');
    gate.resolve();
    await expect(outcome).rejects.toThrow('late');
    expect(sent).toEqual([]);
  });

  it('lets a commit end that has begun, whoever wants the turn to be given up', async () => {
    const commit = Promise.withResolvers<string>();
    const turn = new Turn(systemClock, 60_000, late);
    const running = turn.run(async (handled) => {
      handled();
      return commit.promise;
    });
    turn.giveUp(new Error('stopping'));
    commit.resolve('committed');
    expect(await running).toBe('committed');
  });

  it('can be given up before its time', async () => {
    const turn = new Turn(systemClock, Infinity, late);
    const running = turn.run(() => new Promise(() => undefined));
    turn.giveUp(new Error('stopping'));
    await expect(running).rejects.toThrow('stopping');
  });

  it('is nobody’s concern when it is given up after its end', async () => {
    const turn = new Turn(systemClock, 60_000, late);
    const failing = () => {
      throw new Error('at once');
    };
    await expect(turn.run(failing)).rejects.toThrow('at once');
    turn.giveUp(new Error('stopping'));
  });
});

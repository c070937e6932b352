import { describe, expect, it } from '@jest/globals';
import { Supervisor } from './supervisor.ts';
import { systemClock } from '../../time/system-clock.ts';

/** Runs a loop that has ended badly, or quietly, some times before it goes on until the signal. */
async function supervise(endings: readonly (() => void)[], report?: () => void) {
  const stopping = new AbortController();
  const told: [string, string | undefined][] = [];
  const runs: (string | undefined)[] = [];
  const supervisor: Supervisor = new Supervisor(systemClock, 'The loop', (error) => {
    told.push([error.message, supervisor.trouble]);
    report?.();
  });
  const loop = async () => {
    runs.push(supervisor.trouble);
    const ending = endings[runs.length - 1];
    if (ending) return ending();
    stopping.abort();
  };
  await supervisor.run(loop, stopping.signal);
  return { told, runs, supervisor };
}

const fail = (message: string) => () => {
  throw new Error(message);
};

describe('a supervisor', () => {
  it('starts a loop again that threw or ended, and has a reason until then', async () => {
    const { told, runs, supervisor } = await supervise([fail('one'), () => undefined]);
    expect(told).toEqual([
      ['one', 'The loop failed and is started again: one'],
      ['it ended', 'The loop failed and is started again: it ended'],
    ]);
    expect(runs).toEqual([undefined, undefined, undefined]);
    expect(supervisor.trouble).toBeUndefined();
  });

  it('goes on although nobody can be told', async () => {
    const { runs } = await supervise([fail('one')], fail('the logger is broken'));
    expect(runs).toHaveLength(2);
  });

  it('knows what was thrown that is no error', async () => {
    const { told } = await supervise([
      () => {
        throw 'text';
      },
    ]);
    expect(told[0]?.[0]).toBe('text');
  });
});

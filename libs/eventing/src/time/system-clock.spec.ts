import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { clockContract } from './clock.features.ts';
import { systemClock } from './system-clock.ts';

clockContract(() => ({
  clock: systemClock,
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

/** How a process ends that runs this, with the machine's clock as `clock`. */
async function exitOf(script: string): Promise<number | null> {
  const clock = new URL('./system-clock.ts', import.meta.url).href;
  const program = `import { systemClock as clock } from ${JSON.stringify(clock)};\n${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: 'ignore',
    timeout: 120_000,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe("the machine's clock", () => {
  afterEach(() => void jest.useRealTimers());

  it.each([0, -1, 1, 3_600_000])(
    'keeps no process alive for a timer in the background, of %d ms (one of 0 ms that was set again did for ever)',
    async (ms) => {
      expect(await exitOf(`(function again() { clock.timer(${ms}, again, 'background'); })();`)).toBe(0);
    },
  );

  it('rings in the background while something else keeps the process alive, though the event loop has nothing to do', async () => {
    const other = `setTimeout(() => process.exit(1), 60_000);`;
    expect(await exitOf(`${other} clock.timer(0, () => process.exit(7), 'background');`)).toBe(7);
  });

  it('makes several of a wait that is longer than a timer of Node can be', () => {
    jest.useFakeTimers();
    let rang = 0;
    systemClock.timer(2 ** 32, () => rang++);
    jest.advanceTimersByTime(2 ** 32 - 1);
    expect(rang).toBe(0);
    jest.advanceTimersByTime(1);
    expect(rang).toBe(1);
  });
});

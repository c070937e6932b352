import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Stops this process and everything that descends from it, and continues all of it at once after that time. Somebody else has to do it: a
 * process that is stopped cannot continue itself. Answers how many processes were stopped. Unlike on a machine that sleeps,
 * monotonic clocks run on: all timers of that time are due at once when it wakes.
 */
export async function suspend(ms: number): Promise<number> {
  const began = Date.now();
  const script = join(import.meta.dirname, 'suspend-process.ts');
  const helper = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, String(process.pid), String(ms)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      // In a session of its own, Ctrl-C does not reach it: nothing stays stopped.
      detached: true,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  let said = '';
  helper.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(helper, 'close')) as [number | null];
  const stopped = Number(said);
  if (code !== 0 || !(stopped > 0) || Date.now() - began < ms)
    throw new Error(`Nothing was suspended for ${ms} ms: the helper ended with ${code} and said "${said}"`);
  return stopped;
}

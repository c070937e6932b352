import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../time/clock.ts';
import { sleep } from '../time/waiting.ts';

/** Moments of a Kafka transaction, in their order. */
export const TRANSACTION_FAILPOINTS = [
  'after-fence',
  'after-send',
  'after-offsets',
  'before-commit',
  'during-commit',
  'after-commit',
] as const;

/** Moments of a service's work at which a fault test or a workshop may stop the process. */
export const FAILPOINTS = [
  ...TRANSACTION_FAILPOINTS,
  'before-state-write',
  'before-rows-commit',
  'after-rows-commit',
  'after-effect',
  'before-publish',
  'after-publish',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

/** Called at each moment; does nothing unless it was armed. `during-commit` is called while the commit is under way. */
export type Failpoint = (name: FailpointName) => Promise<void>;

/**
 * A failpoint that is armed by a file: `<directory>/<instance>` with the text `<failpoint> <signal> [<milliseconds>]`,
 * `after-send SIGKILL` say. The next time this process passes there it takes the file away, waits that long, and sends itself the
 * signal. A file can be written before the process starts, and a process that was stopped goes on from there.
 */
export function armedByFile(directory: string, instance: string, clock: Clock): Failpoint {
  const file = join(directory, instance);
  return async (passed) => {
    const [name, signal = 'SIGKILL', milliseconds = '0'] = readIfThere(file)?.trim().split(/\s+/) ?? [];
    if (name !== passed) return;
    rmSync(file, { force: true });
    if (milliseconds !== '0') await sleep(clock, Number(milliseconds));
    process.kill(process.pid, signal);
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMs } from '@atelier/local-stack';

/** Milliseconds of CPU by the name of each process. */
export type CpuTimes = Readonly<Record<string, number>>;

/** The processes of the platform that runs on this data, but the mail server: that one is the world outside. */
export function processesOf(dataDir: string): Readonly<Record<string, number>> {
  const { processes } = JSON.parse(readFileSync(join(dataDir, 'platform.json'), 'utf8')) as {
    processes: Record<string, number>;
  };
  const { mail: _, ...own } = processes;
  return own;
}

/** What each of them has used so far, with its children. Throws a sentence where one has gone, or nobody tells. */
export function cpuTimes(processes: Readonly<Record<string, number>>): CpuTimes {
  const entries = Object.entries(processes).map(([name, pid]) => {
    const ms = cpuMs(pid);
    if (ms === undefined)
      throw new Error(
        `The CPU of ${name} (${pid}) is not known: it has ended, or this system does not tell.`,
      );
    return [name, ms] as const;
  });
  return Object.fromEntries(entries);
}

/** Sockets that a process has open; undefined where the system is not Linux. */
export function socketsOf(pid: number): number | undefined {
  try {
    const files = `/proc/${pid}/fd`;
    return readdirSync(files).filter((name) => isSocket(join(files, name))).length;
  } catch {
    return undefined;
  }
}

function isSocket(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch {
    // Closed meanwhile.
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of Linux's USER_HZ, on every architecture that Node runs on. */
const TICK_MS = 10;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * Milliseconds of CPU that a process has used since it was started, in all its threads; in steps of 10 where the system is Linux, of up
 * to 1,000 elsewhere. Undefined where there is no such process, or nobody tells (Windows).
 */
export function cpuMs(pid: number): number | undefined {
  try {
    if (process.platform === 'linux') return msInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (process.platform === 'win32') return undefined;
    return msOfClock(execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return undefined;
  }
}

/** User and system time in proc_pid_stat(5). The command, in parentheses, may hold spaces: fields count from behind it. */
export function msInStat(stat: string): number {
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`, as ps(1) has it. */
export function msOfClock(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1_000);
}

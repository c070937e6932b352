import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux's USER_HZ, on every architecture that Node runs on. */
const TICK_MS = 10;
/** Fields of proc_pid_stat(5), from behind the command. */
const PARENT = 1;
const FIRST_TIME = 11;

/** What a process has used, and its children that have ended. */
export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly ms: number;
}

/**
 * Milliseconds of CPU that a process and its descendants have used since they were started; in steps of 10 where the system is Linux,
 * of up to 1,000 elsewhere. Undefined where there is no such process, or nobody tells (Windows).
 */
export function cpuMs(pid: number): number | undefined {
  return familyTime(processTimes(), pid);
}

export function familyTime(times: readonly ProcessTime[], pid: number): number | undefined {
  const own = times.find((each) => each.pid === pid);
  if (!own) return undefined;
  const children = times.filter(({ parent }) => parent === pid);
  return children.reduce((sum, child) => sum + (familyTime(times, child.pid) ?? 0), own.ms);
}

function processTimes(): ProcessTime[] {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux')
    return timesInPs(execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timeIn(`/proc/${name}/stat`) ?? []);
}

function timeIn(file: string): ProcessTime | undefined {
  try {
    return timeInStat(readFileSync(file, 'utf8'));
  } catch {
    // It has ended.
    return undefined;
  }
}

/** The command, in parentheses, may hold spaces and parentheses: fields count from behind it. */
export function timeInStat(stat: string): ProcessTime {
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  const ticks = fields.slice(FIRST_TIME, FIRST_TIME + 4).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[PARENT]), ms: ticks * TICK_MS };
}

/** Lines of pid, parent and `[[days-]hours:]minutes:seconds[.hundredths]`, as ps(1) has them. */
export function timesInPs(text: string): ProcessTime[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([pid, parent, time]) =>
      time === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), ms: msOf(time) }],
    );
}

function msOf(time: string): number {
  const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1_000);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Whether every thread of a process has been stopped. On a busy machine they go on for a while after SIGSTOP was sent, and a
 * broker still answers. True where the system does not tell.
 */
export function isStopped(pid: number): boolean {
  if (!existsSync('/proc/self/task')) return true;
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => stateOf(pid, thread) === 'T');
  } catch {
    // A thread ended while it was looked at.
    return false;
  }
}

/** It stands behind the command, which is in parentheses. */
const stateOf = (pid: number, thread: string) =>
  readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').replace(/^.*\) /s, '')[0];

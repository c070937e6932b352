import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** `node suspend-process.ts <pid> <milliseconds>`: stops a process and its descendants for so long. See `suspend`. */
const [root = 0, ms = 0] = process.argv.slice(2).map(Number);
const stopped = new Set<number>();
process.once('exit', () => signalAll('SIGCONT'));

/** A process that was started while others were being stopped is found in the next round. */
for (let found = others(); found.length > 0; found = others())
  for (const pid of found) {
    stopped.add(pid);
    signal(pid, 'SIGSTOP');
  }
await sleep(ms);
signalAll('SIGCONT');
console.log(stopped.size);

function others(): number[] {
  const parents = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, parent: number]);
  const family = new Set([root]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent) && pid !== process.pid) family.add(pid);
  }
  const alive = new Set(parents.map(([pid]) => pid));
  return [...family].filter((pid) => alive.has(pid) && !stopped.has(pid));
}

function signalAll(name: NodeJS.Signals): void {
  for (const pid of stopped) signal(pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

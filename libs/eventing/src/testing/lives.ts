import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Kill } from './dying-at.ts';
import { until } from './scratch-broker.ts';

/** Processes of one script of this directory, one after the other; the script's one argument is a `Life`, as JSON. */
export class Lives<Life extends object> {
  private readonly script: string;
  private child: ChildProcess | undefined;

  constructor(script: string) {
    this.script = fileURLToPath(new URL(script, import.meta.url));
  }

  /** One that kills itself. */
  async dieAt(life: Life, kill: Kill): Promise<void> {
    const child = this.begin({ ...life, kill });
    await until(() => wasKilled(child));
  }

  /** One that kills itself, unless all is `done` before it comes there. */
  async dieOrFinish(life: Life, kill: Kill, done: () => Promise<boolean>): Promise<void> {
    const child = this.begin({ ...life, kill });
    await until(async () => wasKilled(child) || (await done()));
    await this.end();
  }

  /** One without a kill of its own, until this is so. */
  async liveUntil(life: Life, condition: () => Promise<boolean>): Promise<void> {
    const child = this.begin(life);
    await until(async () => wasKilled(child) || (await condition()));
    await this.end();
  }

  async end(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  private begin(life: object): ChildProcess {
    const args = ['--conditions=source', this.script, JSON.stringify(life)];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return this.child;
  }
}

/** Throws when it ended in another way: it could not even work. */
function wasKilled({ exitCode, signalCode }: ChildProcess): boolean {
  if (exitCode !== null) throw new Error(`The process ended by itself, with code ${exitCode}`);
  return signalCode !== null;
}

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** The one argument of the process, as JSON. */
export interface CourierRun {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly name: string;
  /** Before each retry. */
  readonly delaysMs: readonly number[];
  /** For the index of what was delivered. */
  readonly directory: string;
}

/** One attempt at a parcel, as the effect saw it. */
export interface Attempt {
  readonly id: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly delivered: boolean;
}

export type FromCourier =
  | { readonly kind: 'running' }
  | { readonly kind: 'attempts'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'stopped' };

/** The effect in a process of its own. */
export class Courier {
  readonly attempts: Attempt[] = [];
  private readonly child: ChildProcess;
  private readonly running: Promise<void>;
  private readonly exited: Promise<void>;
  private over = false;

  /** `signal` ends the process at once. */
  constructor(run: CourierRun, signal?: AbortSignal) {
    this.child = fork(join(import.meta.dirname, 'courier-process.ts'), [JSON.stringify(run)], {
      execArgv: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    signal?.addEventListener('abort', () => this.child.kill('SIGKILL'));
    this.child.on('message', (message: FromCourier) => {
      if (message.kind === 'attempts') this.attempts.push(...message.attempts);
    });
    this.exited = new Promise((resolve) => this.child.once('exit', () => resolve()));
    this.running = this.told('running');
    this.running.catch(() => undefined);
  }

  /** Resolves when it works on all partitions. Rejects when its process has ended. */
  started(): Promise<void> {
    return this.running;
  }

  /** Throws when the process has ended by itself. */
  assertAlive(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      throw new Error('The courier has ended: what it said is above');
  }

  /** Resolves when it has finished what it had in hand, told all attempts, and ended. */
  async stop(): Promise<void> {
    if (this.over) return;
    this.over = true;
    if (this.child.connected) this.child.send('stop');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 60_000);
    await this.exited;
    clearTimeout(timer);
  }

  private async told(kind: FromCourier['kind']): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.child.on('message', (message: FromCourier) => message.kind === kind && resolve());
    this.child.once('exit', () => reject(new Error('The courier has ended: what it said is above')));
    return promise;
  }
}

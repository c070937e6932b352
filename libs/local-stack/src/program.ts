import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, ChildSpec, Exit } from './child.ts';
import { describeExit } from './child.ts';
import type { Family } from './family.ts';
import { logEnd } from './log-end.ts';
import { StackError } from './stack-error.ts';
import { Standstill, STANDSTILL_MS } from './standstill.ts';

/** How to start one long-running process, and how to see that it does its work. */
export interface ProgramSpec extends ChildSpec {
  /** Runs before each start: create its data directory, repair what a crash left. */
  prepare?: () => Promise<void>;
  isReady: () => Promise<boolean>;
}

/** A long-running process that can be started again: same name, same ports, another pid. */
export class Program {
  readonly name: string;
  readonly #spec: ProgramSpec;
  readonly #family: Family;
  #child: Child | undefined;

  constructor(family: Family, spec: ProgramSpec) {
    this.name = spec.name;
    this.#spec = spec;
    this.#family = family;
  }

  get pid(): number | undefined {
    return this.#child?.exit ? undefined : this.#child?.pid;
  }

  get logFile(): string {
    return this.#spec.logFile;
  }

  /** Settles when the present process ends. */
  get exited(): Promise<Exit> {
    if (!this.#child) throw new StackError('PROCESS_FAILED', `${this.name} was never started.`);
    return this.#child.exited;
  }

  /** Returns when it is ready. One that is not, and has logged nothing for so long, is stopped; `Infinity` waits for good. */
  async start(standstillMs = STANDSTILL_MS): Promise<void> {
    await this.#spec.prepare?.();
    const child = await this.#family.spawn(this.#spec);
    this.#child = child;
    const verdict = await this.#readiness(child, standstillMs);
    if (child.exit)
      throw this.#failure(
        child,
        `${this.name} ended (${describeExit(child.exit)}) while it was being started`,
      );
    if (verdict === undefined) return;
    await child.stop();
    throw this.#failure(child, `${this.name} is not ready. ${verdict}`);
  }

  /** Signals it and waits for its end, unless the signal is one that a process may survive. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#child?.exited;
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Resolves when it is ready or has ended, or with why it was given up. */
  async #readiness(child: Child, standstillMs: number): Promise<string | undefined> {
    const standstill = new Standstill(
      standstillMs === Infinity ? { standstillMs, ceilingMs: Infinity } : { standstillMs },
    );
    const { closing } = this.#family;
    const { logFile } = this.#spec;
    for (;;) {
      closing.throwIfAborted();
      if (child.exit !== undefined || (await this.#spec.isReady())) return undefined;
      standstill.look(statSync(logFile).size);
      if (standstill.verdict) return standstill.verdict;
      await sleep(50, undefined, { signal: closing });
    }
  }

  #failure({ logStart }: Child, what: string): StackError {
    return new StackError('NOT_READY', `${what}. ${logEnd(this.logFile, logStart)}`);
  }
}

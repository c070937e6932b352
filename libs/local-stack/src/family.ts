import { logEnd } from './log-end.ts';
import { Ledger } from './ledger.ts';
import { describeExit, spawnChild, stopOrder, type Child, type ChildSpec } from './child.ts';
import { StackError } from './stack-error.ts';

/**
 * All children of one supervisor. `stopAll` ends them in order, those that are just being started included, and lets no
 * new one in: whatever goes wrong, no process is left behind.
 */
export class Family {
  readonly #children = new Set<Child>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #ledger: Ledger | undefined;
  readonly #closing = new AbortController();
  #stopping: Promise<void> | undefined;

  /** With a ledger file, the next supervisor finds the children of one that was killed. */
  constructor(ledgerFile?: string) {
    this.#ledger = ledgerFile === undefined ? undefined : new Ledger(ledgerFile);
  }

  /** Called whenever a child has been started or has ended. */
  onChange: () => void = () => undefined;

  /** Aborted as soon as the family is being stopped. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The pids of the programs that run now, by name; tools are left out. */
  get pids(): Record<string, number> {
    const programs = [...this.#children].filter(({ spec }) => spec.stopOrder !== stopOrder.tool);
    return Object.fromEntries(programs.map(({ spec, pid }) => [spec.name, pid]));
  }

  async spawn(spec: ChildSpec): Promise<Child> {
    if (this.closing.aborted)
      throw new StackError('STOPPING', `${spec.name} is not started: all is being stopped.`);
    const starting = spawnChild(spec).then((child) => this.#adopt(child));
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Runs a tool to its end; its failure names its log file and quotes what it said last. */
  async run(spec: Omit<ChildSpec, 'stopOrder'>): Promise<void> {
    const child = await this.spawn({ stopOrder: stopOrder.tool, stopWithinMs: 5_000, ...spec });
    const exit = await child.exited;
    if (this.closing.aborted) throw new StackError('STOPPING', `${spec.name} was interrupted.`);
    if (exit.code === 0) return;
    const said = logEnd(spec.logFile, child.logStart);
    throw new StackError('PROCESS_FAILED', `${spec.name} failed (${describeExit(exit)}). ${said}`);
  }

  stopAll(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#starting);
    const orders = [...new Set([...this.#children].map((child) => child.spec.stopOrder))].sort(
      (a, b) => a - b,
    );
    for (const order of orders) {
      const children = [...this.#children].filter((child) => child.spec.stopOrder === order);
      await Promise.all(children.map((child) => child.stop()));
    }
    this.#ledger?.remove();
  }

  #adopt(child: Child): Child {
    this.#children.add(child);
    this.#record();
    void child.exited.then(() => {
      this.#children.delete(child);
      this.#record();
    });
    return child;
  }

  #record(): void {
    this.#ledger?.write([...this.#children]);
    this.onChange();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '@atelier/local-stack';

/** A service that is started again whenever it dies, as an operator's supervisor would, unless it is held down. */
export class SupervisedService {
  readonly name: string;
  /** Where it answers, `/health/ready` for instance. */
  readonly url: string;
  /** How often it ended, for whatever reason. */
  deaths = 0;
  /** Ends that nobody asked for: neither SIGKILL, which faults send, nor a proper exit. */
  readonly crashes: string[] = [];
  private program: Program;
  private readonly closing: AbortSignal;
  private minding = false;
  private held = false;

  constructor(program: Program, url: string, closing: AbortSignal) {
    this.program = program;
    this.name = program.name;
    this.url = url;
    this.closing = closing;
  }

  /** Starts it, and minds it from then on, whether it gets ready or not. Resolves when it is ready. */
  async start(): Promise<void> {
    this.held = false;
    if (this.minding) return;
    this.minding = true;
    const first = Promise.withResolvers<void>();
    this.mind(first).catch(first.reject);
    await first.promise;
  }

  get pid(): number | undefined {
    return this.program.pid;
  }

  get logFile(): string {
    return this.program.logFile;
  }

  signal(signal: NodeJS.Signals): Promise<void> {
    return this.program.kill(signal);
  }

  /** Ends it, and keeps it down until it is released. */
  async hold(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.held = true;
    do await this.program.kill(signal);
    while (await this.appears());
  }

  release(): void {
    this.held = false;
  }

  /** Ends it, and starts this program in its place: the same name, the same address, other files. */
  async replace(program: Program, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.hold(signal);
    this.program = program;
    this.release();
  }

  async ready(): Promise<boolean> {
    return (await this.unreadiness()) === undefined;
  }

  /** What it says about why it cannot work, or undefined when it is ready. */
  async unreadiness(): Promise<string | undefined> {
    try {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
      const said = await answer.text();
      return answer.ok ? undefined : said;
    } catch (error) {
      return `it does not answer: ${(error as Error).message}`;
    }
  }

  /** Whether a start that was under way when it was held has come through after all. */
  private async appears(): Promise<boolean> {
    await sleep(200);
    return this.program.pid !== undefined;
  }

  private async mind(first: PromiseWithResolvers<void>): Promise<void> {
    for (; !this.closing.aborted; await sleep(100)) {
      if (this.held) continue;
      const { program } = this;
      const ready = program.start(Infinity);
      await ready.then(first.resolve, first.reject);
      const { code, signal } = await program.exited;
      if (this.closing.aborted) return;
      this.deaths++;
      if (signal !== 'SIGKILL' && code !== 0)
        this.crashes.push(`end ${this.deaths} of ${this.name} was a crash: ${signal ?? `exit code ${code}`}`);
    }
  }
}

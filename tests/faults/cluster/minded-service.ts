import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '@atelier/local-stack';

/** A service that is started again whenever it dies, as an operator's supervisor would, unless it is held down. */
export class MindedService {
  readonly name: string;
  /** Where it answers, `/health/ready` for instance. */
  readonly url: string;
  /** How often it died without being asked to. */
  deaths = 0;
  private readonly program: Program;
  private readonly closing: AbortSignal;
  private allowed: Promise<void> = Promise.resolve();
  private allow: () => void = () => undefined;

  constructor(program: Program, url: string, closing: AbortSignal) {
    this.program = program;
    this.name = program.name;
    this.url = url;
    this.closing = closing;
  }

  /** Resolves when it is ready for the first time; it is minded from then on. */
  async start(): Promise<void> {
    await this.program.start();
    void this.mind();
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
    this.allowed = new Promise((resolve) => (this.allow = resolve));
    await this.program.kill(signal);
  }

  release(): void {
    this.allow();
  }

  async ready(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    return answer?.ok === true;
  }

  private async mind(): Promise<void> {
    while (!this.closing.aborted) {
      await this.program.exited;
      if (this.closing.aborted) return;
      this.deaths++;
      await this.allowed;
      await sleep(100);
      // A start that fails shows in `exited`, and is tried again.
      await this.program.start(Infinity).catch(() => undefined);
    }
  }
}

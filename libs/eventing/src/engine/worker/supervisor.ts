import type { Clock } from '../../time/clock.ts';
import { sleep } from '../../time/waiting.ts';

const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;

/**
 * Keeps a loop going that must not end. When it ends or throws all the same, that is a fault that nobody foresaw:
 * it is told, and the loop is started again after a backoff. Neither the process nor other loops end with it.
 */
export class Supervisor {
  private readonly clock: Clock;
  private readonly name: string;
  private readonly report: (error: Error) => void;
  private failure: string | undefined;

  /** `name` begins a sentence: `Fetching`. */
  constructor(clock: Clock, name: string, report: (error: Error) => void) {
    this.clock = clock;
    this.name = name;
    this.report = report;
  }

  /** What went wrong, until the loop is started again. */
  get trouble(): string | undefined {
    return this.failure;
  }

  /** Runs the loop until the signal. Never rejects. */
  async run(loop: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let delay = FIRST_BACKOFF_MS; !signal.aborted; delay = Math.min(delay * 2, LAST_BACKOFF_MS)) {
      const startedAt = this.clock.elapsed();
      const error = await outcome(loop);
      if (signal.aborted) return;
      if (this.clock.elapsed() - startedAt > LAST_BACKOFF_MS) delay = FIRST_BACKOFF_MS;
      this.tell(error ?? new Error('it ended'));
      await sleep(this.clock, delay, signal).catch(() => undefined);
      this.failure = undefined;
    }
  }

  private tell(error: Error): void {
    this.failure = `${this.name} failed and is started again: ${error.message}`;
    try {
      this.report(error);
    } catch {
      // A logger that fails must not end what it was to report.
    }
  }
}

async function outcome(loop: () => Promise<void>): Promise<Error | undefined> {
  try {
    await loop();
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause), { cause });
  }
}

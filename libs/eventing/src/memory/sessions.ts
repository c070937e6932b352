import type { Clock } from '../time/clock.ts';

/** The sessions of members that do not heartbeat. Those of all others last. */
export class Sessions {
  private readonly clock: Clock;
  private readonly ended: (memberId: string) => void;
  /** By member, the way to stop its timer. */
  private readonly running = new Map<string, () => void>();

  constructor(clock: Clock, ended: (memberId: string) => void) {
    this.clock = clock;
    this.ended = ended;
  }

  get someRun(): boolean {
    return this.running.size > 0;
  }

  begin(memberId: string, timeoutMs: number): void {
    if (this.running.has(memberId)) return;
    this.running.set(
      memberId,
      this.clock.timer(timeoutMs, () => this.ended(memberId), 'background'),
    );
  }

  /** Those that run end now. */
  expire(): void {
    for (const memberId of [...this.running.keys()]) this.ended(memberId);
  }

  end(memberId: string): void {
    this.running.get(memberId)?.();
    this.running.delete(memberId);
  }
}

/** The sessions of members that do not heartbeat. Those of all others last. */
export class Sessions {
  private readonly ended: (memberId: string) => void;
  private readonly running = new Map<string, NodeJS.Timeout>();

  constructor(ended: (memberId: string) => void) {
    this.ended = ended;
  }

  get someRun(): boolean {
    return this.running.size > 0;
  }

  begin(memberId: string, timeoutMs: number): void {
    if (this.running.has(memberId)) return;
    const timer = setTimeout(() => this.ended(memberId), timeoutMs);
    this.running.set(memberId, timer.unref());
  }

  /** Those that run end now. */
  expire(): void {
    for (const memberId of [...this.running.keys()]) this.ended(memberId);
  }

  end(memberId: string): void {
    clearTimeout(this.running.get(memberId));
    this.running.delete(memberId);
  }
}

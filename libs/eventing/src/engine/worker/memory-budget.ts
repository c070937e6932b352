/** Bytes that every request may ask for, however little room there is. */
const LEAST_BYTES = 64 * 1024;
/** Bytes of one answer at most, however much room there is. */
const ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Bytes of records that a process may hold, shared by whatever feeds are given it. A feed that holds nothing may
 * always fetch, or it would wait for the others for ever: so what is held can be above the limit by one answer
 * for each of those, and an answer is at least one batch of the log, however large (KIP-74).
 */
export class MemoryBudget {
  readonly limit: number;
  private held = 0;
  private readonly waiting = new Set<() => void>();

  /** `limit`: bytes; 64 MiB unless given. */
  constructor(limit = 64 * 1024 * 1024) {
    this.limit = limit;
  }

  /** Bytes that are held, or were asked for and are on their way. */
  get used(): number {
    return this.held;
  }

  get exhausted(): boolean {
    return this.held >= this.limit;
  }

  /**
   * Sets bytes aside for an answer: what is asked for, but at most half of what is left, so that requests which
   * wait for records keep nobody else from asking. To be given back when the answer is there.
   */
  reserve(asked: number): number {
    const half = Math.max(LEAST_BYTES, Math.floor((this.limit - this.held) / 2));
    const bytes = Math.min(asked, ANSWER_BYTES, half);
    this.held += bytes;
    return bytes;
  }

  take(bytes: number): void {
    this.held += bytes;
  }

  give(bytes: number): void {
    if (bytes === 0) return;
    this.held -= bytes;
    if (this.exhausted) return;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Calls back once, when there is room again. */
  whenFreed(wake: () => void): void {
    this.waiting.add(wake);
  }
}

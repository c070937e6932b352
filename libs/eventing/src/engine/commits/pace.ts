/** Milliseconds of transactions that may follow one another before any of them has to rest. */
const BURST_MS = 100;
/** Milliseconds of the longest rest. */
const LONGEST_REST_MS = 100;

/**
 * How densely transactions follow one another. What comes now and then is committed at once. Where work never ends a transaction is
 * followed by a rest as long as it took: meanwhile others come, and share the next one, which costs the same whatever is in it.
 */
export class Pace {
  private owedMs = 0;
  private endedAt = -Infinity;

  /** To be called for each transaction, with the moments of its begin and end in milliseconds of one clock. */
  worked(began: number, ended: number): void {
    const rested = began - this.endedAt;
    this.owedMs = Math.min(Math.max(0, this.owedMs - rested) + ended - began, BURST_MS + LONGEST_REST_MS);
    this.endedAt = ended;
  }

  /** When the next one may begin. */
  get nextAt(): number {
    return this.endedAt + Math.max(0, this.owedMs - BURST_MS);
  }
}

/** What a client knows of one of its orders. */
export interface Promised {
  readonly key: string;
  readonly orderId: string;
  /** Attempts whose outcome was unknown: no answer, or 503. The client repeated them with the same key. */
  readonly unknown: number;
}

/**
 * What the clients were told, and when the log said that it was settled. Times are milliseconds of
 * performance.now().
 */
export class Ledger {
  /** Orders that were acknowledged, by their id. */
  readonly acknowledged = new Map<string, Promised>();
  /** Answers that were wrong whatever the fault: anything but an acknowledgement or "unknown, repeat". */
  readonly wrongAnswers: string[] = [];
  /** Requests that were not answered, or with 503, and were repeated. */
  unknown = 0;
  /** Of these, answers of a gateway that said 503. */
  refused503 = 0;
  /** Keys whose request was not acknowledged yet. */
  readonly unknownKeys = new Set<string>();
  /** Keys that were sent more than once. */
  readonly repeatedKeys = new Set<string>();
  /** When orders were settled, as the log says: milliseconds since 1970-01-01 UTC. */
  readonly settledAt: number[] = [];
  private readonly settled = new Set<string>();
  private lastSettledAt = performance.now();
  private longestMs = 0;

  acknowledge(promised: Promised): void {
    const known = this.acknowledged.get(promised.orderId);
    if (known && known.key !== promised.key)
      this.wrongAnswers.push(`${promised.orderId} was given to ${known.key} and to ${promised.key}`);
    this.acknowledged.set(promised.orderId, promised);
    this.unknownKeys.delete(promised.key);
  }

  /** Nobody knows what became of a request: it will be repeated. */
  doubt(key: string, status: number): void {
    this.unknown++;
    if (status === 503) this.refused503++;
    this.unknownKeys.add(key);
    this.repeatedKeys.add(key);
  }

  /** The log holds the outcome of this order, decided at that time. */
  settle(orderId: string, at: number): void {
    this.settled.add(orderId);
    this.settledAt.push(at);
    this.noteStall();
    this.lastSettledAt = performance.now();
  }

  get settledCount(): number {
    return this.settled.size;
  }

  isSettled(orderId: string): boolean {
    return this.settled.has(orderId);
  }

  /** Acknowledged orders that are not settled yet. */
  get open(): number {
    let open = 0;
    for (const orderId of this.acknowledged.keys()) if (!this.settled.has(orderId)) open++;
    return open;
  }

  /** Begins to measure anew: the longest time without any settled order. */
  resetStall(): void {
    this.lastSettledAt = performance.now();
    this.longestMs = 0;
  }

  /** Milliseconds; the present wait included. */
  get longestStallMs(): number {
    this.noteStall();
    return this.longestMs;
  }

  private noteStall(): void {
    this.longestMs = Math.max(this.longestMs, performance.now() - this.lastSettledAt);
  }
}

/** The broker aborts a transaction after this; the rest is for the platform to notice and to go on. */
const TRANSACTION_TIMEOUT_MS = 10_000;
export const PROGRESS_MS = TRANSACTION_TIMEOUT_MS + 20_000;

/** What settles orders, and when it did last: milliseconds of a clock that only goes forward. */
export interface Settling {
  readonly lastSettledAt: number;
}

/** Looks, after everything that was repaired, whether the platform goes on in time. */
export class Progress {
  readonly violations: string[] = [];
  private longestMs = 0;
  private readonly settling: Settling;
  private readonly now: () => number;
  /** Repairs after which nothing was settled yet, oldest first. */
  private wellSince: number | undefined;
  private open: { readonly what: string; readonly at: number }[] = [];

  constructor(settling: Settling, now = () => performance.now()) {
    this.settling = settling;
    this.now = now;
  }

  /** Something is about to be broken: from now on there may be nothing to settle. */
  breaking(): void {
    this.wellSince = undefined;
  }

  /** The moment a fault ends: what was broken works again, as far as whoever broke it can tell. */
  repaired(what: string): void {
    this.look();
    this.wellSince = this.now();
    this.open.push({ what, at: this.wellSince });
  }

  /** To be called often. Answers whether the platform went on after every repair, or failed to in time. */
  look(): boolean {
    const { lastSettledAt } = this.settling;
    const [still, wentOn] = [
      this.open.filter(({ at }) => lastSettledAt <= at),
      this.open.filter(({ at }) => lastSettledAt > at),
    ];
    for (const { at } of wentOn) this.longestMs = Math.max(this.longestMs, lastSettledAt - at);
    const tooLate = still.filter(({ at }) => this.now() - at > PROGRESS_MS);
    for (const { what } of tooLate)
      this.violations.push(`no order was settled within ${PROGRESS_MS / 1_000} s after the end of: ${what}`);
    this.open = still.filter((repair) => !tooLate.includes(repair));
    if (tooLate.length > 0) this.wellSince &&= this.now();
    else if (still.length === 0) this.lookForStall();
    return this.open.length === 0;
  }

  /** The longest time, in milliseconds, from a repair to the next settled order; begins to measure anew. */
  takeLongest(): number {
    const { longestMs } = this;
    this.longestMs = 0;
    return longestMs;
  }

  /** What went on after a repair may stop again, although nothing is broken. */
  private lookForStall(): void {
    if (this.wellSince === undefined) return;
    const since = Math.max(this.wellSince, this.settling.lastSettledAt);
    if (this.now() - since <= PROGRESS_MS) return;
    this.violations.push(`no order was settled for ${PROGRESS_MS / 1_000} s, although nothing was broken`);
    this.wellSince = this.now();
  }
}

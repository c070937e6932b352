const SHORTEST_MS = 5;
const LONGEST_MS = 40;

/**
 * The pace of fetches from one leader. A fetch that the broker held was answered because something came: the next one
 * starts at once. While fetches are answered as soon as they are asked, records come faster than they are handled
 * one by one; then fetches are spread, up to 40 ms, and bring more records each. For a broker with many consumers,
 * fetches that bring little are much of its work.
 */
export class FetchPace {
  private intervalMs = SHORTEST_MS;

  /** Milliseconds between the start of a fetch that took so many, and the start of the next one. */
  after(tookMs: number): number {
    const held = tookMs >= this.intervalMs;
    this.intervalMs = held ? SHORTEST_MS : Math.min(this.intervalMs * 2, LONGEST_MS);
    return held ? tookMs : this.intervalMs;
  }
}

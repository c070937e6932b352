import { sleepUntil } from './patience.ts';

const SHORTEST_MS = 5;
const LONGEST_MS = 40;

/**
 * The pace of fetches from one leader. A fetch that the broker held was answered because something came: the next one
 * starts at once. While fetches are answered as soon as they are asked, records come faster than they are handled
 * one by one; then fetches are spread, up to 40 ms, and bring more records each. For a broker with many consumers,
 * fetches that bring little are most of its work.
 */
export class FetchPace {
  private intervalMs = SHORTEST_MS;

  /** Waits until another fetch may start after one that began at this moment of performance.now(). */
  async keep(began: number): Promise<void> {
    const held = performance.now() - began >= this.intervalMs;
    this.intervalMs = held ? SHORTEST_MS : Math.min(this.intervalMs * 2, LONGEST_MS);
    if (!held) await sleepUntil(began + this.intervalMs);
  }
}

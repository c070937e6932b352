/**
 * Time, as whoever runs the engine has it: the machine's (`system-clock.ts`), or one that is simulated
 * (`memory/virtual-clock.ts`). Nothing else tells the engine what time it is, or wakes it.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. It may be set, forwards and back. */
  now(): number;
  /** Milliseconds since some moment: a time that only goes forward. */
  elapsed(): number;
  /**
   * Calls back once, after so many milliseconds and never in this call; not at all after Infinity. Returns the way to cancel. It
   * may be a millisecond before `now` is there. Who waits in the `background` does not keep the process alive. Throws RangeError
   * for NaN.
   */
  timer(ms: number, ring: () => void, how?: 'background'): () => void;
  /** Waits for work that no clock knows of, such as a disk's: simulated time stands still until it has ended. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Draws a number, from 0 up to 1 (exclusive). */
export type Random = () => number;

/** What a run depends on beside its inputs: with the same clock and the same draws it is the same run. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

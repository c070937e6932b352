import type { Clock, Surroundings } from './clock.ts';
import { refuseNaN } from './waiting.ts';

/** Node's timers cannot wait longer; longer waits are several. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock, by Node's timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  timer: (ms, ring, how) => {
    refuseNaN(ms);
    // Not a turn that is unref'ed: the event loop would sleep on it until something else comes.
    return ms > 0 || how === 'background' ? later(Math.max(0, ms), ring, how) : soon(ring);
  },
  during: (work) => work,
};

/** This machine's clock, and draws that nobody can repeat. */
export const system: Surroundings = { clock: systemClock, random: () => Math.random() };

function soon(ring: () => void): () => void {
  const turn = setImmediate(ring);
  return () => clearImmediate(turn);
}

function later(ms: number, ring: () => void, how?: 'background'): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (left: number) => {
    const after = left > LONGEST_MS ? () => wait(left - LONGEST_MS) : ring;
    timer = setTimeout(after, Math.min(left, LONGEST_MS));
    if (how === 'background') timer.unref();
  };
  if (ms < Infinity) wait(ms);
  return () => clearTimeout(timer);
}

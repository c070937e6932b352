import { VirtualClock } from '../memory/virtual-clock.ts';
import type { Surroundings } from '../time/clock.ts';
import { seeded } from '../time/seeded.ts';
import { EPOCH } from './specification.ts';

/** Surroundings that are the same in each run: simulated time, and draws from a seed, also among what is due at the same moment. */
export interface Simulation extends Surroundings {
  readonly clock: VirtualClock;
}

export const simulation = (seed: number): Simulation => ({
  // Draws of its own: what handlers and faults draw does not depend on how many timers there are.
  clock: new VirtualClock(EPOCH, seeded(~seed)),
  random: seeded(seed),
});

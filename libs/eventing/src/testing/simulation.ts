import { VirtualClock } from '../memory/virtual-clock.ts';
import type { Surroundings } from '../time/clock.ts';
import { seeded } from '../time/seeded.ts';
import { EPOCH } from './specification.ts';

/** Surroundings that are the same in each run: simulated time, and draws from a seed. */
export interface Simulation extends Surroundings {
  readonly clock: VirtualClock;
}

export const simulation = (seed: number): Simulation => ({
  clock: new VirtualClock(EPOCH),
  random: seeded(seed),
});

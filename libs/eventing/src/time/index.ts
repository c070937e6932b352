export type * from './clock.ts';
export { seeded } from './seeded.ts';
export { system, systemClock } from './system-clock.ts';

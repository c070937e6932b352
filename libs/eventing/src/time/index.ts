export type * from './clock.ts';
export { system, systemClock } from './system-clock.ts';

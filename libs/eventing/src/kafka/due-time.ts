/** Milliseconds by which the clocks of processes may differ. */
const CLOCKS_MS = 60_000;

/**
 * When a record that waits may go on: what its header says, and `latest`, its own time and the delay of its topic, at the
 * latest. Everything behind it waits, too, and anybody can write a header, or a time. What is no time is at once; so is a
 * record from the future, of which nobody can say how long it has waited. Times are milliseconds since 1970-01-01 UTC.
 */
export function dueTime(text: string | undefined, timestamp: number, latest: number): number {
  if (text === undefined || !/^\d{1,16}$/.test(text) || timestamp > Date.now() + CLOCKS_MS) return 0;
  return Math.min(Number(text), latest);
}

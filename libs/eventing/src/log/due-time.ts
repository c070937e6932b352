import { type ConsumedRecord, header } from './record.ts';

/** When this process first looked at a record that was from the future: milliseconds since 1970-01-01 UTC. */
const firstSeen = new WeakMap<ConsumedRecord, number>();

/**
 * When a record that waits may go on: what the header `name` says, and `longestMs` after it was written at the latest. Everything
 * behind it waits, too, and anybody can write a header, or a time. What is no time is at once. Times, and `now`, are milliseconds
 * since 1970-01-01 UTC.
 */
export function dueTime(record: ConsumedRecord, name: string, longestMs: number, now: number): number {
  const text = header(record.headers, name);
  if (text === undefined || !/^\d{1,16}$/.test(text)) return 0;
  return Math.min(Number(text), writtenAt(record, now) + longestMs);
}

/** Its own time. If that is in the future, its writer's clock is ahead, or it lies: it waits from when it was first looked at. */
function writtenAt(record: ConsumedRecord, now: number): number {
  const seen = firstSeen.get(record) ?? now;
  if (record.timestamp <= seen) return record.timestamp;
  firstSeen.set(record, seen);
  return seen;
}

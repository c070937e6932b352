import { type CommandRecord, type Evidence, placements, positionOf } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Each placed order is given its expiry, once, and it comes out of the delay topic, once, and not before its time. */
export function check({ events, commands }: Evidence): Violation[] {
  const waiting = commands.filter(({ topic }) => topic.endsWith('.delay'));
  if (waiting.length === 0) return [nothingToCheck('delays', 'nothing was ever delayed')];
  const causes = counted(waiting.map(({ causationId }) => causationId));
  const placed = events.filter(({ type }) => placements.has(type));
  const expiries = placed.flatMap(({ subject, id }) => expiry(subject, causes.get(id) ?? 0));
  const released = Map.groupBy(
    commands.filter(({ topic }) => topic.endsWith('.commands')),
    ({ id }) => id,
  );
  return [...expiries, ...waiting.flatMap((delayed) => passedOn(delayed, released.get(delayed.id) ?? []))];
}

function expiry(order: string, times: number): Violation[] {
  if (times === 1) return [];
  return [times === 0 ? { kind: 'expiry-missing', order } : { kind: 'expiry-again', order, times }];
}

function passedOn(delayed: CommandRecord, copies: readonly CommandRecord[]): Violation[] {
  const { type, key, due } = delayed;
  const command = `${type} of ${key} at ${positionOf(delayed)}`;
  const [copy] = copies;
  if (!copy) return [{ kind: 'delayed-lost', command }];
  if (copies.length > 1) return [{ kind: 'delayed-again', command, times: copies.length }];
  if (due === undefined) return [{ kind: 'delayed-undated', command }];
  const early = due - copy.timestamp;
  return early > 0 ? [{ kind: 'delayed-early', command, ms: early }] : [];
}

function counted(ids: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

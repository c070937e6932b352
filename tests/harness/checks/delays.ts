import { type CommandRecord, type Evidence, positionOf } from '../evidence/evidence.ts';

/** Each placed order is given its expiry, once, and it comes out of the delay topic, once, and not before its time. */
export function check({ events, commands }: Evidence): string[] {
  const waiting = commands.filter(({ topic }) => topic.endsWith('.delay'));
  if (waiting.length === 0) return ['delays: nothing was ever delayed, so there is nothing to check'];
  const causes = counted(waiting.map(({ causationId }) => causationId));
  const unexpiring = events
    .filter(({ type, id }) => type === 'OrderPlaced' && causes.get(id) !== 1)
    .map(({ subject, id }) => `${subject}: ${causes.get(id) ?? 0} expiries were written for it`);
  const released = Map.groupBy(
    commands.filter(({ topic }) => topic.endsWith('.commands')),
    ({ id }) => id,
  );
  return [...unexpiring, ...waiting.flatMap((delayed) => passedOn(delayed, released.get(delayed.id) ?? []))];
}

function passedOn(delayed: CommandRecord, copies: readonly CommandRecord[]): string[] {
  const name = `${delayed.type} of ${delayed.key} at ${positionOf(delayed)}`;
  if (copies.length !== 1) return [`${name}: passed on ${copies.length} times`];
  const { due } = delayed;
  if (due === undefined) return [`${name}: does not say when it is due`];
  return copies
    .filter(({ timestamp }) => timestamp < due)
    .map(({ timestamp }) => `${name}: passed on ${due - timestamp} ms early`);
}

function counted(ids: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

import { type Evidence, placeOf, positionOf } from '../evidence/evidence.ts';

/** Versions of each aggregate begin at 1 and go on by 1, in the order of the log, in one partition. */
export function check({ events }: Evidence): string[] {
  if (events.length === 0) return ['versions: there are no events to check'];
  const last = new Map<string, { version: number; place: string }>();
  const offsets = new Map<string, bigint>();
  const violations: string[] = [];
  for (const event of events) {
    const place = placeOf(event);
    const before = offsets.get(place);
    if (before !== undefined && event.offset <= before)
      violations.push(`${positionOf(event)}: comes after offset ${before}`);
    offsets.set(place, event.offset);

    const aggregate = `${event.topic} ${event.subject}`;
    const { version, place: home } = last.get(aggregate) ?? { version: 0, place };
    if (event.version !== version + 1)
      violations.push(`${aggregate}: version ${event.version} at ${positionOf(event)} follows ${version}`);
    if (place !== home) violations.push(`${aggregate}: is in ${home} and at ${positionOf(event)}`);
    last.set(aggregate, { version: event.version, place: home });
  }
  return violations;
}

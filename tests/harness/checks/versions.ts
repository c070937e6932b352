import { type Evidence, placeOf, positionOf } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Versions of each aggregate begin at 1 and go on by 1, in the order of the log, in one partition. */
export function check({ events }: Evidence): Violation[] {
  if (events.length === 0) return [nothingToCheck('versions', 'there are no events')];
  const seen = new Map<string, { last: number; home: string }>();
  const offsets = new Map<string, bigint>();
  const violations: Violation[] = [];
  for (const event of events) {
    const [at, place] = [positionOf(event), placeOf(event)];
    const before = offsets.get(place);
    if (before !== undefined && event.offset <= before)
      violations.push({ kind: 'offset-backwards', at, before });
    offsets.set(place, event.offset);

    const aggregate = `${event.topic} ${event.subject}`;
    const { version } = event;
    const { last, home } = seen.get(aggregate) ?? { last: 0, home: place };
    if (version !== last + 1) violations.push({ kind: 'version-jump', aggregate, version, at, last });
    if (place !== home) violations.push({ kind: 'aggregate-moved', aggregate, home, at });
    seen.set(aggregate, { last: version, home });
  }
  return violations;
}

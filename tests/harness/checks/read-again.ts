import { type Evidence, type PartitionContent, placeOf } from '../evidence/evidence.ts';
import { check as readers } from './readers.ts';
import { type Offsets, offsetsThat } from './kinds/log.ts';
import type { Violation } from './violation.ts';

/**
 * The log, read a second time from its beginning by a reader that knows nothing of the first time, is what it was,
 * and what those saw who read while everything went on: nothing that was committed is gone, nothing came up
 * in between, and what was aborted stays so. `again` may go on where the first reading ended.
 */
export function check(evidence: Evidence, again: readonly PartitionContent[]): Violation[] {
  const second = new Map(again.map((content) => [placeOf(content), content]));
  const changed = evidence.logs.flatMap((first): Violation[] => {
    const place = placeOf(first);
    const other = second.get(place);
    if (!other) return [{ kind: 'not-read-again', place }];
    return changes(first, other).map((offsets) => ({ kind: 'log-changed', place, ...offsets }));
  });
  return [...changed, ...readers({ ...evidence, logs: again })].map((violation) => ({
    kind: 'read-again',
    violation,
  }));
}

function changes(first: PartitionContent, again: PartitionContent): Offsets[] {
  const upToItsEnd = (offsets: readonly bigint[]) => offsets.filter((offset) => offset < first.end);
  const [committed, aborted] = [upToItsEnd(again.committed), upToItsEnd(again.aborted)];
  return [
    offsetsThat('committed the first time only', missing(first.committed, committed)),
    offsetsThat('committed the second time only', missing(committed, first.committed)),
    offsetsThat('aborted the first time only', missing(first.aborted, aborted)),
    offsetsThat('aborted the second time only', missing(aborted, first.aborted)),
  ].flat();
}

function missing(offsets: readonly bigint[], from: readonly bigint[]): bigint[] {
  const there = new Set(from);
  return offsets.filter((offset) => !there.has(offset));
}

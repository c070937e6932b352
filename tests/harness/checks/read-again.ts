import { type Evidence, type PartitionContent, placeOf } from '../evidence/evidence.ts';
import { check as readers } from './readers.ts';

/**
 * The log, read a second time from its beginning by a reader that knows nothing of the first time, is what it was,
 * and what those saw who read while everything went on: nothing that was committed is gone, nothing came up
 * in between, and what was aborted stays so. `again` may go on where the first reading ended.
 */
export function check(evidence: Evidence, again: readonly PartitionContent[]): string[] {
  const second = new Map(again.map((content) => [placeOf(content), content]));
  const changed = evidence.logs.flatMap((first) => {
    const other = second.get(placeOf(first));
    return other ? changes(first, other) : [`${placeOf(first)}: was not read again`];
  });
  return [...changed, ...readers({ ...evidence, logs: again })].map((what) => `read again: ${what}`);
}

function changes(first: PartitionContent, again: PartitionContent): string[] {
  const upToItsEnd = (offsets: readonly bigint[]) => offsets.filter((offset) => offset < first.end);
  const [committed, aborted] = [upToItsEnd(again.committed), upToItsEnd(again.aborted)];
  return [
    said(missing(first.committed, committed), 'committed the first time only'),
    said(missing(committed, first.committed), 'committed the second time only'),
    said(missing(first.aborted, aborted), 'aborted the first time only'),
    said(missing(aborted, first.aborted), 'aborted the second time only'),
  ].flatMap((what) => what.map((each) => `${placeOf(first)}: ${each}`));
}

function missing(offsets: readonly bigint[], from: readonly bigint[]): bigint[] {
  const there = new Set(from);
  return offsets.filter((offset) => !there.has(offset));
}

function said([first, ...others]: readonly bigint[], what: string): string[] {
  return first === undefined ? [] : [`${others.length + 1} ${what}, the first at ${first}`];
}

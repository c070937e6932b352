import { join } from 'node:path';
import type { Family } from '@atelier/local-stack';
import { History } from '../../harness/load/history.ts';
import { ProgressLine } from '../../harness/progress-line.ts';
import { type ClusterKind, threeBrokers } from '../cluster/cluster-kind.ts';
import { NoPreviousRelease, previousRelease } from '../cluster/previous-release.ts';
import { Rotation } from '../faults/12-rotation.ts';
import type { Fault } from '../faults/fault.ts';
import { faults, rotating } from '../faults/index.ts';
import type { Options } from '../options.ts';
import { type ClusterResult, runOnCluster } from './cluster-run.ts';
import { report, type Skipped } from './report.ts';

type Due = readonly [Fault, number];

/**
 * A whole run: the rows of each kind of cluster on one cluster of that kind, one after the other. `familyOf` makes the family that
 * a cluster in this directory is started in. The report says what held.
 */
export async function faultTests(
  options: Options,
  directory: string,
  familyOf: (dataDir: string) => Family,
): Promise<{ report: string; holds: boolean }> {
  const history = new History(join(directory, 'history.ndjson'));
  history.write('options', { ...options });
  const line = new ProgressLine();
  const results: ClusterResult[] = [];
  const skipped: Skipped[] = [];
  try {
    for (const [kind, due] of byCluster(chosen(options))) {
      const dataDir = join(directory, kind.name);
      const run = { kind, due, directory: dataDir, family: familyOf(dataDir) };
      try {
        const before = kind.previous
          ? { root: await previousRelease(options.previous, run.family, (step) => line.say(step)) }
          : {};
        results.push(await runOnCluster({ ...run, ...before }, options, history, line));
      } catch (error) {
        skipped.push(...skippedRows(due, error, options));
      }
    }
  } finally {
    line.end();
    await history.close();
  }
  return report(
    results.flatMap(({ rows }) => rows),
    results.reduce((sum, { duplicateMails }) => sum + duplicateMails, 0),
    results.flatMap(({ failures }) => failures),
    skipped,
  );
}

/** Whoever has named the release before wants it, and nothing else instead. */
function skippedRows(due: readonly Due[], error: unknown, { previous }: Options): Skipped[] {
  if (!(error instanceof NoPreviousRelease) || previous !== undefined) throw error;
  return due.map(([{ number, name }]) => ({ number, name, why: error.message }));
}

const byCluster = (due: readonly Due[]): Map<ClusterKind, Due[]> =>
  Map.groupBy(due, ([{ cluster = threeBrokers }]) => cluster);

function chosen({ only, share, minutes }: Options): Due[] {
  const all = faults();
  const some = all.filter(({ number }) => only?.includes(number) ?? true);
  const rows = some.map((fault): Due => [fault, Math.max(1, Math.round(fault.times * share))]);
  if (minutes === 0 || (only && only.length > 0 && !only.includes(12))) return rows;
  let end: number | undefined;
  const over = () => Date.now() > (end ??= Date.now() + minutes * 60_000);
  return [...rows, [new Rotation(rotating(), over), 1]];
}

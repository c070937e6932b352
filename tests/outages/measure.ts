import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '@atelier/local-stack';
import { firstOf } from '../../tools/first-of.ts';
import { type OutageRow, suffer } from '../dependencies-down/outage-run.ts';
import { outages } from '../dependencies-down/outages.ts';
import { outageTable } from '../dependencies-down/report.ts';
import { textOf } from '../harness/checks/violation.ts';
import { ProgressLine } from '../harness/progress-line.ts';
import { Bench } from '../harness/single-platform/bench.ts';
import { SinglePlatform } from '../harness/single-platform/single-platform.ts';
import { redriveAll } from '../redrive-under-kills/redrive-run.ts';
import { redriveTable } from '../redrive-under-kills/report.ts';
import type { Options, Scenario } from './options.ts';

interface Measured {
  readonly table: string;
  readonly violations: readonly string[];
}

type Measurement = (bench: Bench, options: Options, line: ProgressLine) => Promise<Measured>;

const MOST_SHOWN = 50;
/** Readiness is red by then, on a machine that does nothing else. */
const NOTICED_MS = 20_000;

const measurements: Readonly<Record<Scenario, Measurement>> = {
  async outages(bench, { seconds, only }, line) {
    const rows: OutageRow[] = [];
    for (const outage of outages.filter(({ name }) => name.includes(only))) {
      line.title = outage.name;
      const ms = seconds * 1_000;
      const row = await suffer(bench, outage, { ms, noticedWithinMs: Math.max(ms, NOTICED_MS) });
      rows.push(row);
      const [first] = row.violations;
      line.say(`${row.name}: ${first ? textOf(first) : 'everything held'}`);
    }
    const violations = rows.flatMap((row) => row.violations.map((each) => `${row.name}: ${textOf(each)}`));
    if (rows.length === 0) violations.push(`No dependency is named ${only}`);
    return { table: outageTable(rows), violations: [...new Set(violations)] };
  },
  async redrive(bench, options, line) {
    line.title = 'redrive';
    const result = await redriveAll(bench, options);
    return { table: redriveTable(result), violations: result.violations.map(textOf) };
  },
};

/** Starts a platform in this family, measures, and stops it. The report says what held. */
export async function measure(
  scenario: Scenario,
  options: Options,
  directory: string,
  family: Family,
): Promise<{ report: string; holds: boolean }> {
  const line = new ProgressLine();
  const cluster = join(directory, 'cluster');
  mkdirSync(cluster, { recursive: true });
  const platform = await SinglePlatform.start(cluster, family, (step) => line.say(step));
  try {
    const bench = await Bench.on(platform, directory, options);
    const { ledger } = bench;
    line.watch(() => `${ledger.settledCount} settled, ${ledger.open} open, ${bench.mails} e-mails`);
    try {
      return reportOf(await measurements[scenario](bench, options, line));
    } finally {
      line.end();
      await bench.stop();
    }
  } finally {
    await platform.stop();
  }
}

function reportOf({ table, violations }: Measured): { report: string; holds: boolean } {
  const lines = [
    table,
    '',
    ...firstOf(violations, MOST_SHOWN),
    violations.length === 0 ? 'Everything held.' : `${violations.length} violations.`,
    '',
  ];
  return { report: lines.join('\n'), holds: violations.length === 0 };
}

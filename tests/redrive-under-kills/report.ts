import { seconds } from '../../tools/seconds.ts';
import { table } from '../../tools/table.ts';
import { countsOf } from '../harness/checks/violation.ts';
import type { RedriveResult } from './redrive-run.ts';

export function redriveTable(result: RedriveResult): string {
  const { makingMs, redrivingMs, kills } = result;
  const { lost, duplicated, other } = countsOf(result.violations);
  const facts: readonly (readonly [string, number | string])[] = [
    ['dead letters', result.letters],
    ['of these clicked twice at once', result.clicked],
    ['jobs', result.jobs],
    ['kills', kills.length],
    ['handled', result.handled],
    ['lost', lost],
    ['duplicated', duplicated],
    ['other', other],
    ['e-mails that a kill repeated', result.mailsTwice],
    ['made in', seconds(makingMs)],
    ['given back in', seconds(redrivingMs)],
  ];
  const lines = table(facts.map(([name, value]) => [name, String(value)]));
  return `${lines}\nkilled: ${kills.join(', ') || 'nobody'}`;
}

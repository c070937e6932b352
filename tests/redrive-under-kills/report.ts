import { columns, seconds } from '../../tools/table.ts';
import type { RedriveResult } from './redrive-run.ts';

export function redriveTable(result: RedriveResult): string {
  const { lost, duplicated, violations, makingMs, redrivingMs, kills } = result;
  const facts: readonly (readonly [string, number | string])[] = [
    ['dead letters', result.letters],
    ['of these clicked twice at once', result.clicked],
    ['jobs', result.jobs],
    ['kills', kills.length],
    ['handled', result.handled],
    ['lost', lost],
    ['duplicated', duplicated],
    ['other', violations.length - lost - duplicated],
    ['e-mails that a kill repeated', result.mailsTwice],
    ['made in', seconds(makingMs)],
    ['given back in', seconds(redrivingMs)],
  ];
  const table = columns(facts.map(([name, value]) => [name, String(value)]));
  return `${table}\nkilled: ${kills.join(', ') || 'nobody'}`;
}

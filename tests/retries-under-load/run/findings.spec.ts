import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../load/courier.ts';
import type { Fate } from '../load/fates.ts';
import type { Evidence } from './evidence.ts';
import { CHECKS, findings } from './findings.ts';
import { measured, report } from './report.ts';

const sent = (id: string, fate: Fate) => ({ id, fate, at: 1_000 });
const attempt = (id: string, at: number, delivered = true): Attempt => ({ id, at, delivered });

const whole: Evidence = {
  sent: [sent('good', 'good'), sent('failing', 'failing'), sent('poison', 'poison')],
  attempts: [
    attempt('good', 1_010),
    attempt('failing', 1_010, false),
    attempt('failing', 2_050, false),
    attempt('failing', 12_000),
  ],
  letters: ['poison'],
  copies: [
    { id: 'failing', n: 1, due: 2_050 },
    { id: 'failing', n: 2, due: 11_990 },
  ],
  lag: 0n,
};

describe('what is found wrong with a run', () => {
  it('is nothing when every record was handled as it must be', () => {
    expect(findings(whole)).toEqual(Object.fromEntries(CHECKS.map((check) => [check, []])));
    const { times } = measured(whole, 0);
    expect(times).toMatchObject({ delay: { p50: 10, p99: 10 }, latenessP95: 10 });
    expect(report(measured(whole, 0), measured(whole, 0))).toMatchObject({ holds: true });
  });

  it.each<[(typeof CHECKS)[number], Partial<Evidence>, string]>([
    ['lost', { attempts: whole.attempts.slice(1) }, 'good was never handled'],
    ['duplicated', { attempts: [...whole.attempts, attempt('good', 2_000)] }, 'good was handled 2 times'],
    [
      'attempts too many or too few',
      { copies: whole.copies.slice(1) },
      'failing: 3 attempts and 1 retry copies, not 3 attempts',
    ],
    ['poison without its dead letter', { letters: [] }, 'poison is poison and no dead letter'],
    ['dead letters too many', { letters: ['poison', 'poison'] }, 'poison has 2 dead letters'],
    ['dead letters too many', { letters: ['poison', 'good'] }, 'good is a dead letter and no poison'],
    [
      'retries before their time',
      { copies: [{ id: 'failing', n: 1, due: 2_051 }, ...whole.copies.slice(1)] },
      'failing: retry 1 came 1 ms before its time',
    ],
    ['not handled at the end', { lag: 3n }, '3 records wait'],
  ])('is told by what it is about: %s', (check, change, sentence) => {
    const evidence = { ...whole, ...change };
    expect(findings(evidence)[check]).toEqual([sentence]);
    const result = report(measured(whole, 0), measured(evidence, 0));
    expect(result.holds).toBe(false);
    expect(result.report).toContain(`run 2: ${sentence}`);
  });
});

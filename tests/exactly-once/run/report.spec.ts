import { describe, expect, it } from '@jest/globals';
import { report } from './report.ts';
import type { Row } from './row.ts';

const row: Row = {
  number: 7,
  name: 'Postgres, SMTP, registry down',
  times: 2,
  leftOut: [],
  settled: 300,
  records: 4_000,
  unknown: 12,
  longestStallMs: 1_500,
  violations: [],
};

const late = { kind: 'order-not-settled', order: 'a' } as const;
const brokeOff = { kind: 'broke-off', reason: 'no disk' } as const;

describe('report', () => {
  it('sums up what held', () => {
    const { report: text, holds } = report([row, row], 3, []);
    expect(holds).toBe(true);
    expect(text).toContain('600 orders settled, 24 requests repeated because nobody knew, 3 e-mails twice');
    expect(text).toContain('Everything held.');
    expect(text).not.toContain('left out');
  });

  it('counts violations by their kinds, whatever their words say', () => {
    const crash = { kind: 'service-crashed', crash: 'orders-1 crashed 2 times: no row' } as const;
    const again = { kind: 'event-again', event: 'e' } as const;
    const { report: text } = report([{ ...row, violations: [late, again, again, crash] }], 0, []);
    expect(text).toMatch(/^.*lost +duplicated +other.*\n.* 12 +1 +2 +1 +1\.5 s$/m);
  });

  it('names the kinds of a fault that had no turn (a small share had left them out silently)', () => {
    const { report: text, holds } = report([{ ...row, leftOut: ['SMTP down', 'Postgres killed'] }], 0, []);
    expect(holds).toBe(true);
    expect(text).toContain(
      '7 Postgres, SMTP, registry down: left out: SMTP down, Postgres killed\nEverything held.',
    );
  });

  it('says what did not hold, of a row and of the run', () => {
    const { report: text, holds } = report([{ ...row, violations: [late] }], 0, [brokeOff]);
    expect(holds).toBe(false);
    expect(text).toContain('\n7: a: not settled\nthe run broke off: no disk\n2 violations.\n');
  });

  it('says what became of hanging transactions, where they were followed', () => {
    const hanging = {
      ...{ followed: 900, seen: 12, committed: 9, aborted: 3, byHand: 8, byLaterMarker: 3, open: 1 },
      longestHiddenMs: 4_250,
    };
    expect(report([{ ...row, hanging }], 0, []).report).toContain(
      '7 Postgres, SMTP, registry down: 12 hanging transactions seen in 900 parts of transactions: 9 committed, 3 aborted; ' +
        'ended: 8 by hand, 3 by a later marker, 1 not at all; longest hidden 4.3 s\n',
    );
    expect(report([row], 0, []).report).not.toContain('hanging');
  });

  it('says what a fault has measured', () => {
    const { report: text } = report([{ ...row, figures: ['0.93 of the throughput was kept'] }], 0, []);
    expect(text).toContain('7 Postgres, SMTP, registry down: 0.93 of the throughput was kept\n');
  });

  it('says which rows were skipped and why, and never that they held', () => {
    const skipped = { number: 23, name: 'a rolling restart', why: 'there is no git history' };
    const { report: text, holds } = report([row], 0, [], [skipped]);
    expect(holds).toBe(true);
    expect(text).toContain('23 a rolling restart: skipped: there is no git history\n');
    expect(text).toContain('Everything held that was tried; rows skipped: 1.');
    expect(report([], 0, [], [skipped])).toMatchObject({ holds: false });
  });

  it('is not longer than can be read', () => {
    const violations = Array.from(
      { length: 60 },
      (_, order) => ({ kind: 'order-not-settled', order: String(order) }) as const,
    );
    const { report: text } = report([{ ...row, violations }], 0, []);
    expect(text).toContain('7: 49: not settled\nand 10 more\n60 violations.');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Column } from '../../../tools/violation.ts';
import type { GivenUp } from '../../harness/checks/dead-letters.ts';
import { columnOf, textOf } from '../../harness/checks/violation.ts';
import type { Evidence } from '../../harness/evidence/evidence.ts';
import { a, b, c, eventOf, good, withCommands, withEvents, withRows } from '../../harness/checks/good-run.ts';
import { judge } from './verdict.ts';

const none = { poison: [], deadLetters: [] };
const at = { topic: 'orders.commands', partition: 0, offset: 7n };
/** The good run was stopped before these orders expired. */
const unexpired = [a, c].map((order) => expect.stringContaining(`ExpireOrder of ${order}`));

/** The sentences in each column. */
function judged(evidence: Evidence, givenUp: GivenUp = none, oddities: readonly string[] = []) {
  const verdict: Record<Column, string[]> = { lost: [], duplicated: [], other: [] };
  for (const violation of judge(evidence, givenUp, oddities))
    verdict[columnOf(violation)].push(textOf(violation));
  return verdict;
}

const told = (acknowledged: Iterable<readonly [string, string]>): Evidence => ({
  ...good,
  told: { ...good.told, acknowledged: new Map(acknowledged) },
});
const rowTwice = () =>
  withRows({ orders: good.rows.orders.flatMap((row, n) => (n === 0 ? [row, row] : [row])) });
const mailAgain = { messageId: '<again@atelier.example>', text: `Order ${a}` };

describe('the verdict', () => {
  it('has nothing but what has not expired yet when everything holds', () => {
    expect(judged(good)).toEqual({ lost: unexpired, duplicated: [], other: [] });
  });

  it.each<[string, Evidence, string]>([
    [
      'an order',
      withEvents((events) => events.filter(({ id }) => id !== 'a1')),
      `${a}: acknowledged, but not placed`,
    ],
    ['an outcome', withEvents((events) => events.filter(({ id }) => id !== 'b2')), `${b}: not settled`],
    ['a row', withRows({ orders: good.rows.orders.slice(1) }), 'no row in orders'],
    ['an e-mail', { ...good, mails: good.mails.slice(1) }, ': no e-mail'],
  ])('counts %s that is missing as lost', (_, evidence, violation) => {
    const { lost, duplicated } = judged(evidence);
    expect(lost).toContainEqual(expect.stringContaining(violation));
    // Rows that sum up what the log has no more are above it.
    expect(duplicated.filter((text) => !text.endsWith('by the log'))).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    ['an event', withEvents((events) => [...events, eventOf('a1')]), 'event a1: in the log twice'],
    [
      'a command',
      withCommands((all) => [...all, ...all.filter(({ id }) => id === 'reserve-a')]),
      'published twice',
    ],
    ['a row', rowTwice(), 'two rows in orders'],
    [
      'an order for one key',
      told([...good.told.acknowledged, [c, 'key-a']]),
      'has the Idempotency-Key key-a',
    ],
    [
      'an e-mail under another Message-ID',
      { ...good, mails: [...good.mails, mailAgain] },
      'with 2 Message-IDs',
    ],
  ])('counts %s that is there twice as duplicated', (_, evidence, violation) => {
    expect(judged(evidence).duplicated).toContainEqual(expect.stringContaining(violation));
  });

  it('counts poison without its dead letter as lost, and two of one record as duplicated', () => {
    const { lost } = judged(good, { poison: [at], deadLetters: [] });
    expect(lost).toEqual([...unexpired, 'orders.commands-0@7: poison, but no dead letter']);
    const { duplicated } = judged(good, { poison: [at], deadLetters: [at, at] });
    expect(duplicated).toEqual(['orders.commands-0@7: 2 dead letters']);
  });

  it('counts a gap of versions, and oddities of the log, as neither', () => {
    const gap = withEvents((events) => events.filter(({ id }) => id !== 'a2'));
    const { other } = judged(gap, none, ['two markers']);
    expect(other).toContain('two markers');
    expect(other).toContainEqual(expect.stringContaining(a));
  });
});

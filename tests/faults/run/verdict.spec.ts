import { describe, expect, it } from '@jest/globals';
import type { GivenUp } from '../checks/dead-letters.ts';
import type { Evidence } from '../checks/evidence.ts';
import { a, eventOf, good, withCommands, withEvents, withRows } from '../checks/good-run.ts';
import { judge, type Verdict } from './verdict.ts';

const none = { poison: [], deadLetters: [] };
/** The run was stopped before its orders expired. */
const unexpired = new Set(judge(good, none, []).lost);

function judged(evidence: Evidence, givenUp: GivenUp = none, oddities: readonly string[] = []): Verdict {
  const { lost, ...others } = judge(evidence, givenUp, oddities);
  return { ...others, lost: lost.filter((violation) => !unexpired.has(violation)) };
}

const at = { topic: 'orders.commands', partition: 0, offset: 7n };

const told = (acknowledged: Iterable<readonly [string, string]>): Evidence => ({
  ...good,
  told: { ...good.told, acknowledged: new Map(acknowledged) },
});
const rowTwice = () => {
  const [row] = good.rows.orders;
  if (!row) throw new Error('The good run has rows');
  return withRows({ orders: [...good.rows.orders, row] });
};

describe('the verdict', () => {
  it('is empty when everything holds', () => {
    expect(judged(good)).toEqual({ lost: [], duplicated: [], wrong: [] });
  });

  it.each<[string, Evidence]>([
    ['an order', withEvents((events) => events.filter(({ id }) => id !== 'a1'))],
    ['an outcome', withEvents((events) => events.filter(({ id }) => id !== 'b2'))],
    ['a row', withRows({ orders: good.rows.orders.slice(1) })],
    ['an e-mail', { ...good, mails: good.mails.slice(1) }],
  ])('counts %s that is missing as lost', (_, evidence) => {
    expect(judged(evidence).lost.length).toBeGreaterThan(0);
  });

  it.each<[string, Evidence]>([
    ['an event', withEvents((events) => [...events, eventOf('a1')])],
    ['a command', withCommands((all) => [...all, ...all.filter(({ id }) => id === 'reserve-a')])],
    ['a row', rowTwice()],
    ['an order for one key', told([...good.told.acknowledged, ['dddddddd', 'key-a']])],
    [
      'an e-mail under another Message-ID',
      { ...good, mails: [...good.mails, { messageId: '<again@atelier.example>', text: `Order ${a}` }] },
    ],
  ])('counts %s that is there twice as duplicated', (_, evidence) => {
    expect(judged(evidence).duplicated.length).toBeGreaterThan(0);
  });

  it('counts poison without its dead letter as lost, and two of one record as duplicated', () => {
    expect(judged(good, { poison: [at], deadLetters: [] }).lost).toHaveLength(1);
    expect(judged(good, { poison: [at], deadLetters: [at, at] }).duplicated).toHaveLength(1);
  });

  it('counts a gap of versions, a reader that is missing, and oddities of the log as neither', () => {
    const gap = withEvents((events) => events.filter(({ id }) => id !== 'b3'));
    const wrong = { ...gap, readers: gap.readers.slice(1) };
    expect(judged(wrong, none, ['two markers']).wrong).toContain('two markers');
  });
});

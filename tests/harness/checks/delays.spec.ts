import { describe, expect, it } from '@jest/globals';
import type { CommandRecord } from '../evidence/evidence.ts';
import { check as find } from './delays.ts';
import { a, c, withCommands } from './good-run.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const released = (id: string, key: string, timestamp: number): CommandRecord => ({
  topic: 'orders.commands',
  partition: 0,
  offset: BigInt(100 + timestamp),
  key,
  id,
  type: 'ExpireOrder',
  causationId: 'cause',
  timestamp,
  due: 0,
});
const late = [released('expire-a', a, 20), released('expire-c', c, 21)];
const run = (changed: (commands: CommandRecord[]) => CommandRecord[]) =>
  check(withCommands((commands) => changed([...commands, ...late])));

describe('delayed commands', () => {
  it('are written once for each order, and passed on once, when they are due', () => {
    expect(run((commands) => commands)).toEqual([]);
  });

  const isWaiting = ({ topic }: CommandRecord) => topic.endsWith('.delay');

  it.each<[string, (commands: CommandRecord[]) => CommandRecord[], string]>([
    [
      'an order without an expiry',
      (all) => all.filter(({ id }) => id !== 'expire-c'),
      'no expiry was written',
    ],
    [
      'an order with two expiries',
      (all) => [...all, ...all.filter((each) => each.id === 'expire-a' && isWaiting(each))],
      '2 expiries were written',
    ],
    [
      'an expiry that was lost on the way',
      (all) => all.filter((each) => each.id !== 'expire-a' || isWaiting(each)),
      'never passed on',
    ],
    ['one that was passed on twice', (all) => [...all, released('expire-a', a, 30)], 'passed on 2 times'],
    [
      'one that came early',
      (all) => all.map((each) => (isWaiting(each) && each.id === 'expire-a' ? { ...each, due: 25 } : each)),
      'passed on 5 ms early',
    ],
    [
      'one that does not say when it is due',
      (all) =>
        all.map((each) => (isWaiting(each) && each.id === 'expire-a' ? { ...each, due: undefined } : each)),
      'does not say when',
    ],
    ['a run without delays', (all) => all.filter((each) => !isWaiting(each)), 'nothing was ever delayed'],
  ])('finds %s', (_, changed, expected) => {
    expect(run(changed)).toEqual([expect.stringContaining(expected)]);
  });
});

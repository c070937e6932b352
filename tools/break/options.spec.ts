import { describe, expect, it } from '@jest/globals';
import { readWanted } from './options.ts';

describe('what npm run fault is told', () => {
  it('is a fault of the mail server', () => {
    const fault = { mode: 'slow', delayMs: 2_000 };
    expect(readWanted(['smtp', 'slow', '2s'])).toEqual({ what: 'smtp', text: 'slow 2s', fault });
  });

  it('is poison on a topic, one record unless told otherwise', () => {
    const poison = { what: 'poison', topic: 'orders.commands', count: 1 };
    expect(readWanted(['poison', 'orders.commands'])).toEqual(poison);
    expect(readWanted(['poison', 'orders.commands', '1000'])).toEqual({ ...poison, count: 1_000 });
  });

  it.each([
    ['nothing', [], /^Usage: npm run fault -- smtp /],
    ['another thing', ['kafka', 'down'], /^Usage/],
    ['another state', ['smtp', 'sideways'], /^"smtp sideways" is no fault/],
    [
      'no topic',
      ['poison'],
      /^Nothing cannot be poisoned\. These topics can: orders\.commands, inventory\.commands, transactions\.commands\.$/,
    ],
    ['commands about dead letters', ['poison', 'dead-letters.commands'], /^dead-letters\.commands cannot/],
    ['commands of redrive jobs', ['poison', 'redrive-jobs.commands'], /^redrive-jobs\.commands cannot/],
    ['a topic that is none', ['poison', 'pots'], /^pots cannot be poisoned\. These topics can: /],
    [
      'a topic of events',
      ['poison', 'orders.events'],
      /^orders\.events cannot be poisoned: a decider rebuilds/,
    ],
    ['no records', ['poison', 'orders.commands', '0'], /^0 is not a number of records from 1 to 1000/],
    ['too many records', ['poison', 'orders.commands', '1001'], /^1001 is not/],
    ['more than that', ['poison', 'orders.commands', '1', '2'], /^Usage/],
  ])('may not be %s', (_, args, sentence) => expect(() => readWanted(args)).toThrow(sentence));
});

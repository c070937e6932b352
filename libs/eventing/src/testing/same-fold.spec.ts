import { describe, expect, it } from '@jest/globals';
import { contract, decider, type Message, messageType } from '../domain/index.ts';
import { expectSameFold, type KnownFold } from './same-fold.ts';

interface State {
  readonly opened: number;
}
type Open = Message<'Open', { id: string }>;
type Opened = Message<'Opened', { id: string }>;
type Stuck = Message<'Stuck', { id: string }>;
const of = (topic: string) => ({ topic, key: 'id', versions: [] });
const Open = messageType<Open>({ type: 'Open', ...of('doors.commands') });
const Opened = messageType<Opened>({ type: 'Opened', ...of('doors.events') });
const Stuck = messageType<Stuck>({ type: 'Stuck', ...of('doors.events') });

const door = (version: number, step = 1) =>
  decider<State>()({
    group: 'doors.decider',
    version,
    commands: contract('doors.commands', { Open }),
    events: contract('doors.events', { Opened, Stuck }),
    initial: { opened: 0 },
    decide: { Open: ({ data }) => Opened(data) },
    evolve: { Opened: ({ opened }) => ({ opened: opened + step }), Stuck: (state) => state },
  });

const a = { id: 'a' };
const histories = [[Opened(a), Stuck(a), Opened(a)]];

/** What the sentence says to give. */
function told(rules: ReturnType<typeof door>, some = histories): KnownFold {
  try {
    expectSameFold(rules, some, { version: 0, fingerprint: '' });
  } catch (error) {
    const [, fingerprint = ''] = /fingerprint: '(.+)'/.exec((error as Error).message) ?? [];
    return { version: rules.version, fingerprint };
  }
  throw new Error('Nothing was said');
}

describe('a decider whose fold has changed (state on disk kept the old meaning)', () => {
  const known = told(door(1));

  it('is told as long as its version was not raised', () => {
    expectSameFold(door(1), histories, known);
    expect(() => expectSameFold(door(1, 2), histories, known)).toThrow(
      'doors.decider folds into another state than before, and its version is still 1: raise the version',
    );
  });

  it('is told what to give when it was raised', () => {
    expect(() => expectSameFold(door(2, 2), histories, known)).toThrow(
      /^doors.decider is known as version 1 of these histories: give { version: 2, fingerprint: '\w+\.\w+' }$/,
    );
    expectSameFold(door(2, 2), histories, told(door(2, 2)));
  });

  it('need not be raised because the histories of its spec were', () => {
    const more = [...histories, [Stuck(a)]];
    expect(() => expectSameFold(door(1), more, known)).toThrow(
      /of other histories: give .* if its folds are/,
    );
    expectSameFold(door(1), more, told(door(1), more));
  });

  it('is told of events that no history has', () => {
    expect(() => expectSameFold(door(1), [[Opened(a)]], known)).toThrow(
      'doors.decider folds Stuck: add it to these histories',
    );
  });
});

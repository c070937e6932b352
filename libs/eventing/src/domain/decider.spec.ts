import { describe, expect, it } from '@jest/globals';
import { contract, decider, type Message, messageType } from './index.ts';
import { given } from '../testing/specification.ts';

type Open = Message<'Open', { id: string }>;
const Open = messageType<Open>({ type: 'Open', topic: 't.commands', key: 'id', versions: [] });
type Opened = Message<'Opened', { id: string; at: number }>;
const Opened = messageType<Opened>({ type: 'Opened', topic: 't.events', key: 'id', versions: [] });

const door = decider<{ open: boolean }>()({
  group: 'doors.decider',
  version: 1,
  commands: contract('t.commands', { Open }),
  events: contract('t.events', { Opened }),
  initial: { open: false },
  decide: {
    Open: ({ data, metadata }, state) => (state.open ? [] : Opened({ id: data.id, at: metadata.time })),
  },
  evolve: { Opened: () => ({ open: true }) },
});

const stranger = (type: string) => ({ type, data: {} }) as Message;

describe('a decider', () => {
  it('decides on the state that its events fold to', () => {
    expect(given(door, []).when(Open({ id: 'd' }))).toMatchObject([{ type: 'Opened', data: { id: 'd' } }]);
    expect(given(door, [Opened({ id: 'd', at: 1 })]).when(Open({ id: 'd' }))).toEqual([]);
  });

  it('refuses a command or an event that it has no rule for', () => {
    expect(() => given(door, []).when(stranger('Close'))).toThrow('no rule for the command Close');
    expect(() => given(door, [stranger('Closed')]).state()).toThrow('unknown event Closed');
  });

  it('does not compile with an event that is not in its contract', () => {
    decider<object>()({
      ...door,
      initial: {},
      // @ts-expect-error Open is a command, not an event of this contract
      decide: { Open: ({ data }) => Open(data) },
      evolve: { Opened: (state) => state },
    });
  });
});

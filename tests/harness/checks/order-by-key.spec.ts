import { describe, expect, it } from '@jest/globals';
import type { CommandRecord, Evidence } from '../evidence/evidence.ts';
import { good, withCommands, withEvents } from './good-run.ts';
import { check as find } from './order-by-key.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

/** The good run, two of its commands having changed places. */
function swapped(topic: string, one: string, other: string): Evidence {
  const at = (commands: readonly CommandRecord[], id: string) =>
    commands.findIndex((command) => command.topic === topic && command.id === id);
  return withCommands((commands) => {
    const [first, second] = [at(commands, one), at(commands, other)];
    const [x, y] = [commands[first] as CommandRecord, commands[second] as CommandRecord];
    commands[first] = { ...y, offset: x.offset };
    commands[second] = { ...x, offset: y.offset };
    return commands;
  });
}

const changed = (id: string, changes: Partial<CommandRecord>) =>
  withCommands((commands) =>
    commands.map((command) => (command.id === id ? { ...command, ...changes } : command)),
  );

const oneKey = (commands: CommandRecord[]) =>
  commands.map((command) => (command.topic.startsWith('orders') ? { ...command, key: 'same' } : command));

describe('order by key', () => {
  it('holds when commands follow their causes', () => {
    expect(check(good)).toEqual([]);
  });

  it('holds when keys are different, when there is no cause, and when a delay was on the way', () => {
    expect(check(swapped('orders.commands', 'record-a', 'record-b'))).toEqual([]);
    expect(check(swapped('inventory.commands', 'add', 'receive'))).toEqual([]);
    const oneOrder = withCommands(oneKey);
    expect(check(oneOrder)).toEqual([]);
  });

  it('holds when the cause of a report is the command that failed', () => {
    const report = { type: 'ReportDeadLetter', topic: 'dead-letters.commands', causationId: 'add' };
    const reported = withCommands((commands) => [
      ...commands,
      { ...(commands[0] as CommandRecord), ...report },
    ]);
    expect(check(reported)).toEqual([]);
  });

  it('does not compare causes of different partitions', () => {
    const evidence = swapped('inventory.commands', 'reserve-a', 'reserve-b');
    const events = good.events.map((event) => (event.id === 'b1' ? { ...event, partition: 1 } : event));
    expect(check({ ...evidence, events })).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    [
      'two commands that changed places',
      swapped('inventory.commands', 'reserve-a', 'reserve-b'),
      'ReserveStock of POT at inventory.commands-0@3: caused at orders.events-0@0, but it follows ReserveStock of POT at inventory.commands-0@2',
    ],
    [
      'a release that overtook a reservation',
      swapped('inventory.commands', 'reserve-b', 'release-b'),
      'ReserveStock of POT at inventory.commands-0@6: caused at orders.events-0@1',
    ],
    [
      'answers of one order that changed places',
      { ...good, commands: oneKey([...swapped('orders.commands', 'record-a', 'record-b').commands]) },
      'RecordReservation of same at orders.commands-0@6: caused at inventory.events-0@2',
    ],
    [
      'delayed commands that changed places on their way in',
      { ...good, commands: oneKey([...swapped('orders.commands.delay', 'expire-a', 'expire-c').commands]) },
      'ExpireOrder of same at orders.commands.delay-0@1: caused at orders.events-0@1',
    ],
    [
      'delayed commands that changed places on their way out',
      withCommands((commands) => {
        const due = ['expire-a', 'expire-c'].map((id, index) => ({
          ...(commands.find((command) => command.id === id) as CommandRecord),
          topic: 'orders.commands',
          offset: BigInt(50 + index),
        }));
        return oneKey([...commands, ...due]);
      }),
      'ExpireOrder of same at orders.commands-0@50: caused at orders.commands.delay-0@0, but it follows ExpireOrder of same at orders.commands-0@5',
    ],
    ['a key in two partitions', changed('ship-a', { partition: 4 }), 'has the same key in another partition'],
    [
      'a cause that is not in the log',
      changed('ship-a', { causationId: 'x' }),
      'its cause x is not in the log',
    ],
    [
      'a cause that was aborted',
      withEvents((events) => events.filter(({ id }) => id !== 'p6')),
      'its cause p6 is not in the log',
    ],
    ['commands out of the order of the log', changed('ship-a', { offset: 0n }), 'comes after offset 3'],
    [
      'a run without policies',
      withCommands((all) => all.filter(({ causationId }) => !causationId)),
      'no commands',
    ],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type Contract, type Decider, decider, type Message, messageType } from '../domain/index.ts';
import { Effect, HANDLED_TYPES, HANDLER, Policy, Projection, Whenever } from './handlers.ts';

type Opened = Message<'Opened', { id: string }>;
const Opened = messageType<Opened>({ type: 'Opened', topic: 'doors.events', key: 'id', versions: [] });
type Ring = Message<'Ring', { id: string }>;
const Ring = messageType<Ring>({ type: 'Ring', topic: 'bells.commands', key: 'id', versions: [] });

@Policy({ group: 'bells.ring' })
class RingPolicy {
  @Whenever(Opened)
  ring({ data }: Opened) {
    return Ring({ id: data.id });
  }

  // @ts-expect-error what a policy publishes has to come from a contract, not only look like it
  @Whenever(Opened)
  stray({ data }: Opened) {
    return { type: 'Ring', data };
  }
}

@Policy({ group: 'bells.hurry', guarantee: 'at-least-once' })
class HurryPolicy {}

/** Each of these would be a promise that nobody keeps. */
export const impossible = (rules: Decider<object, Contract, Contract>) => [
  // @ts-expect-error there is no such guarantee
  Policy({ group: 'bells.ring', guarantee: 'sometimes' }),
  // @ts-expect-error the outside world has no transactions
  Effect({ group: 'bells.sound', guarantee: 'exactly-once' }),
  // @ts-expect-error an effect that is performed at most once is never attempted again
  Effect({ group: 'bells.sound', guarantee: 'at-most-once', attempts: 3 }),
  // @ts-expect-error rows and position are one database transaction, always
  Projection({ name: 'doors', version: 1, guarantee: 'at-least-once' }),
  // @ts-expect-error a decider is exactly-once, or its events are no history
  decider<object>()({ ...rules, guarantee: 'at-least-once' }),
];

describe('a policy', () => {
  it('is known by its guarantee', () => {
    expect(Reflect.getMetadata(HANDLER, HurryPolicy)).toEqual({
      kind: 'policy',
      group: 'bells.hurry',
      guarantee: 'at-least-once',
    });
  });

  it('is known by the types that it handles', () => {
    const types = Reflect.getMetadata(HANDLED_TYPES, RingPolicy.prototype) as ReadonlyMap<unknown, string>;
    expect([...types.keys()]).toEqual([Opened]);
  });
});

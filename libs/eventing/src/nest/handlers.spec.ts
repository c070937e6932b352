import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type Message, messageType } from '../domain/index.ts';
import { HANDLED_TYPES, Policy, Whenever } from './handlers.ts';

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

describe('a policy', () => {
  it('is known by the types that it handles', () => {
    const types = Reflect.getMetadata(HANDLED_TYPES, RingPolicy.prototype) as ReadonlyMap<unknown, string>;
    expect([...types.keys()]).toEqual([Opened]);
  });
});

import { partMetadata } from '../serde/received-records.ts';
import {
  type AnyDecider,
  decide,
  evolve,
  type Message,
  type Metadata,
  newest,
  partsOf,
  type Received,
} from '../domain/index.ts';

/** The fixed moment at which everything in a specification happens: 2026-01-01T00:00:00Z, in milliseconds. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** Dresses a message for a specification, with metadata that never varies unless it is given. */
export function received<M extends Message>(message: M, metadata: Partial<Metadata> = {}): Received<M> {
  const defaults = { id: 'id-1', time: EPOCH, subject: 'subject-1', source: 'spec', correlationId: 'id-1' };
  return { ...message, metadata: { ...defaults, ...metadata } };
}

/**
 * Given / when / then for a decider, which sees what former types have become:
 * `given(order, [OrderPlaced(...)]).when(CancelOrder(...))` is the list of events that it answers with.
 */
export function given(rules: AnyDecider, history: readonly (Message | Received)[]) {
  const state = () => {
    const events = history.flatMap((event, index) => {
      const { metadata } = dressed(event, { version: index + 1 });
      return partsOf(rules.events, event).map(({ message, path }) =>
        received(message, partMetadata(metadata, path)),
      );
    });
    return events.reduce<unknown>((current, event) => evolve(rules, current, event), rules.initial);
  };
  return {
    state,
    when: (command: Message | Received): readonly Message[] => {
      const [now = command] = newest(rules.commands, command);
      return decide(rules, received(now, dressed(command).metadata), state());
    },
  };
}

function dressed(message: Message | Received, metadata: Partial<Metadata> = {}): Received {
  return 'metadata' in message ? message : received(message, metadata);
}

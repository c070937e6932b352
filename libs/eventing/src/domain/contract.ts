import type { Message, MessageOf, MessageType } from './message.ts';
import { refuseBrokenChains, type Upcaster } from './upcaster.ts';

// The data of a message type is whatever its schema says: `any` keeps the inference open.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyMessageType = MessageType<Message<any, any>>;

/** Every type of message that one topic may hold, by name, and what has become of those that it held once. */
export interface Contract<
  Types extends Record<string, AnyMessageType> = Record<string, AnyMessageType>,
  Former extends AnyMessageType = AnyMessageType,
> {
  readonly topic: string;
  /** What handlers see. */
  readonly types: Types;
  /** One for each type that is still read, and may still be written, but that no handler sees: see `upcaster`. */
  readonly upcasters: readonly Upcaster<Former>[];
}

/** Any message of a contract, as handlers see it. */
export type MessageIn<C extends Contract> = MessageOf<C['types'][keyof C['types']]>;

/** Any message of a former type of a contract. */
export type FormerIn<C extends Contract> = MessageOf<C['upcasters'][number]['from']>;

/** The message of a contract that has this name. */
export type Named<C extends Contract, Name extends keyof C['types']> = MessageOf<C['types'][Name]>;

/** Throws a sentence when a chain of upcasters does not come to one of the types. */
export function contract<
  Types extends Record<string, AnyMessageType>,
  Upcasters extends readonly Upcaster[] = readonly [],
>(topic: string, types: Types, upcasters?: Upcasters): Contract<Types, Upcasters[number]['from']> {
  const made = Object.freeze({ topic, types, upcasters: upcasters ?? [] });
  refuseBrokenChains(made);
  return made;
}

import type { Message, MessageOf, MessageType } from './message.ts';

// The data of a message type is whatever its schema says: `any` keeps the inference open.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyMessageType = MessageType<Message<any, any>>;

/** Every type of message that one topic may hold, by name. */
export interface Contract<Types extends Record<string, AnyMessageType> = Record<string, AnyMessageType>> {
  readonly topic: string;
  readonly types: Types;
}

/** Any message of a contract. */
export type MessageIn<C extends Contract> = MessageOf<C['types'][keyof C['types']]>;

/** The message of a contract that has this name. */
export type Named<C extends Contract, Name extends keyof C['types']> = MessageOf<C['types'][Name]>;

export function contract<Types extends Record<string, AnyMessageType>>(
  topic: string,
  types: Types,
): Contract<Types> {
  return Object.freeze({ topic, types });
}

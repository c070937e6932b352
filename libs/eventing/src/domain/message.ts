declare const contracted: unique symbol;

/**
 * A command or an event: what it is called and what it says. Only builders of the contracts make them: an object
 * that merely looks like a message does not compile where one is asked for.
 */
export interface Message<Type extends string = string, Data = unknown> {
  readonly [contracted]: true;
  readonly type: Type;
  readonly data: Data;
}

/** What travels beside the data, as CloudEvents 1.0 attributes, and as headers of its own. */
export interface Metadata {
  /** `ce_id`. For a command this is what an aggregate recognises a repeat by. */
  readonly id: string;
  /** `ce_time`, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** `ce_subject`: the id of the aggregate, which is the record's key. */
  readonly subject: string;
  /** `ce_source`: the service that published the message. */
  readonly source: string;
  /** The id that the whole conversation shares; the first command's id. */
  readonly correlationId: string;
  /** The id of the message that this one was caused by. */
  readonly causationId?: string;
  /** On events: the number of this event in its aggregate's history, from 1. */
  readonly version?: number;
  /** On commands from outside, and their answers: a hash of the client's request (Idempotency-Key). */
  readonly requestHash?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
}

/** A message as it was read from a topic. */
export type Received<M extends Message = Message> = M & { readonly metadata: Metadata };

/** Names one type of message and builds it: `OrderPlaced({ orderId, ... })`. */
export interface MessageType<M extends Message = Message> {
  (data: M['data']): M;
  readonly type: M['type'];
  /** The topic that messages of this type belong to. */
  readonly topic: string;
  /** The field of the data that identifies the aggregate; its value is the record's key. */
  readonly key: string;
  /** Avro schemas by version; the last one is what is written. */
  readonly versions: readonly AvroSchema[];
}

/** The JSON form of an Avro record schema. */
export interface AvroSchema {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly unknown[];
}

/** The message type's own message: `MessageOf<typeof OrderPlaced>` is `OrderPlaced`. */
export type MessageOf<T> = T extends (data: never) => infer M ? Extract<M, Message> : never;

/** Makes the builder of one type of message. Called by generated code. */
export function messageType<M extends Message>(
  facts: Pick<MessageType<M>, 'type' | 'topic' | 'key' | 'versions'>,
): MessageType<M> {
  const build = (data: M['data']) => ({ type: facts.type, data }) as M;
  return Object.freeze(Object.assign(build, facts));
}

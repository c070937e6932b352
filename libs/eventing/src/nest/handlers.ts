import { applyDecorators, Controller, Injectable, SetMetadata } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Delayed, Message, MessageType, Received } from '../domain/index.ts';
import type { Placed } from '../handlers/inbox.ts';
import type { Guarantee } from '../kafka/guarantee.ts';

export interface PolicyOptions {
  readonly group: string;
  /**
   * What a crash may do to the commands of an event: nothing (exactly-once, unless given), repeat them, with the same
   * ids, or lose them.
   */
  readonly guarantee?: Guarantee;
}

export interface ProjectionOptions {
  readonly name: string;
  /** Raise it when the rows change shape or meaning: the projection starts again from the first event. */
  readonly version: number;
}

export type EffectOptions = RepeatedEffectOptions | SingleEffectOptions;

interface AnyEffectOptions {
  readonly group: string;
  /** Milliseconds that one attempt may take; 8,000 unless given. */
  readonly timeoutMs?: number;
}

export interface RepeatedEffectOptions extends AnyEffectOptions {
  /** A crash may repeat what was performed last. */
  readonly guarantee?: 'at-least-once';
  /** Attempts for an error that may pass, before the record becomes a dead letter; 3 unless given. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled for each further one; 200 unless given. */
  readonly delayMs?: number;
  /**
   * Milliseconds of performing after which the position is committed; 100 unless given. A machine that takes the
   * partition over repeats what was performed since; 0 commits after each event.
   */
  readonly commitAfterMs?: number;
}

/** One attempt, which a crash may lose; an error, that of an outage too, makes a dead letter of the record. */
export interface SingleEffectOptions extends AnyEffectOptions {
  readonly guarantee: 'at-most-once';
}

/** What one attempt of an effect knows beside its event. */
export interface Attempt {
  /** The event's id: the same for each attempt, each repeat, each instance. */
  readonly idempotencyKey: string;
  /** Fires when the attempt's time is up: stop, it counts as failed. */
  readonly signal: AbortSignal;
}

export type { Guarantee };

export const HANDLER = Symbol('atelier:handler');
export const HANDLED_TYPES = Symbol('atelier:handled-types');

export type HandlerFacts =
  | ({ readonly kind: 'policy' } & PolicyOptions)
  | ({ readonly kind: 'projection' } & ProjectionOptions)
  | ({ readonly kind: 'effect' } & EffectOptions);

/** Method name by message type. */
export type HandledTypes = ReadonlyMap<MessageType, string>;

/** "Whenever X, then Y": events of one context become commands of another. Pure and stateless. List it in `providers`. */
export const Policy = (options: PolicyOptions) =>
  applyDecorators(Injectable(), SetMetadata(HANDLER, { kind: 'policy', ...options }));

/** Events become rows of a read model, exactly once. List it in `providers`. */
export const Projection = (options: ProjectionOptions) =>
  applyDecorators(Injectable(), SetMetadata(HANDLER, { kind: 'projection', ...options }));

/** An event becomes something in the outside world. List it in `controllers`: guards, pipes and interceptors apply. */
export const Effect = (options: EffectOptions) =>
  applyDecorators(Controller(), SetMetadata(HANDLER, { kind: 'effect', ...options }), routed(options.group));

type Reaction<M extends Message> = (event: Received<M>) => Reactions;
export type Reactions = Message | Delayed | readonly (Message | Delayed)[];

/** Marks the method of a policy that answers this event with the commands that follow from it. */
export function Whenever<M extends Message>(type: MessageType<M>) {
  return <F extends Reaction<M>>(target: object, method: string, _: TypedPropertyDescriptor<F>) =>
    remember(target, type, method);
}

/** Marks the method of a projection that writes the rows of these events: one type, in their order, never empty. */
export function Project<M extends Message>(type: MessageType<M>) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the rows' tables are the projection's own
  type Projector = (events: readonly Placed<M>[], rows: any) => Promise<void>;
  return <F extends Projector>(target: object, method: string, _: TypedPropertyDescriptor<F>) =>
    remember(target, type, method);
}

/** Marks the method of an effect that this event causes. */
export function Perform<M extends Message>(type: MessageType<M>) {
  type Performer = (event: Received<M>, attempt: Attempt) => Promise<void>;
  return <F extends Performer>(target: object, method: string, descriptor: TypedPropertyDescriptor<F>) => {
    remember(target, type, method);
    descriptor.value = tellingErrors(descriptor.value as Performer) as F;
    // Named parameters, so that pipes keep their hands off the attempt.
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
  };
}

/** Where an attempt keeps the error of the effect itself, before exception filters make something else of it. */
export const FAILED = Symbol('atelier:failed');

type Method = (event: never, attempt: Attempt & { [FAILED]?: unknown }) => Promise<void>;

function tellingErrors(perform: Method): Method {
  return async function (this: unknown, event, attempt) {
    try {
      await perform.call(this, event, attempt);
    } catch (error) {
      attempt[FAILED] = error;
      throw error;
    }
  };
}

export const EVENTING_TRANSPORT = Symbol('atelier:eventing');

/** The pattern under which NestJS knows the method of an effect. */
export const patternOf = (group: string, type: string) => `${group}/${type}`;

/** Tells NestJS about each method of an effect, so that it builds the pipeline of guards, pipes and interceptors. */
function routed(group: string): ClassDecorator {
  return ({ prototype }) => {
    const types = Reflect.getMetadata(HANDLED_TYPES, prototype) as HandledTypes | undefined;
    for (const [type, method] of types ?? []) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
      if (descriptor)
        EventPattern(patternOf(group, type.type), EVENTING_TRANSPORT)(prototype, method, descriptor);
    }
  };
}

function remember(target: object, type: unknown, method: string): void {
  const known = new Map<unknown, string>(Reflect.getMetadata(HANDLED_TYPES, target) ?? []);
  Reflect.defineMetadata(HANDLED_TYPES, known.set(type, method), target);
}

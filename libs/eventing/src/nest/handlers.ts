import { applyDecorators, Controller, Injectable, SetMetadata } from '@nestjs/common';
import type { Delayed, Message, MessageType, Received } from '../domain/index.ts';

export type Guarantee = 'exactly-once' | 'at-least-once' | 'at-most-once';

export interface PolicyOptions {
  readonly group: string;
  readonly guarantee?: Guarantee;
}

export interface ProjectionOptions {
  readonly name: string;
  /** Raise it when the rows change shape or meaning: the projection starts again from the first event. */
  readonly version: number;
}

export interface EffectOptions {
  readonly group: string;
}

/** What one attempt of an effect knows beside its event. */
export interface Attempt {
  /** The event's id: the same for each attempt, each repeat, each instance. */
  readonly idempotencyKey: string;
  /** Fires when the attempt's time is up or the partition is lost: stop, somebody else may take over. */
  readonly signal: AbortSignal;
}

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
  applyDecorators(Controller(), SetMetadata(HANDLER, { kind: 'effect', ...options }));

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
  type Projector = (events: readonly Received<M>[], rows: any) => Promise<void>;
  return <F extends Projector>(target: object, method: string, _: TypedPropertyDescriptor<F>) =>
    remember(target, type, method);
}

/** Marks the method of an effect that this event causes. */
export function Perform<M extends Message>(type: MessageType<M>) {
  type Performer = (event: Received<M>, attempt: Attempt) => Promise<void>;
  return <F extends Performer>(target: object, method: string, _: TypedPropertyDescriptor<F>) =>
    remember(target, type, method);
}

function remember(target: object, type: unknown, method: string): void {
  const known = new Map<unknown, string>(Reflect.getMetadata(HANDLED_TYPES, target) ?? []);
  Reflect.defineMetadata(HANDLED_TYPES, known.set(type, method), target);
}

import { applyDecorators, Controller, Injectable, SetMetadata } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type {
  AnyMessageType,
  Delayed,
  Duration,
  GroupName,
  Message,
  MessageType,
  Received,
} from '../domain/index.ts';
import type { DeclaredErrors } from '../failures/classification.ts';
import type { Placed } from '../serde/received-records.ts';
import type { WhenUnknown } from '../serde/unknown-records.ts';
import type { Guarantee } from '../engine/guarantee.ts';

export interface PolicyOptions {
  readonly group: GroupName;
  /**
   * What a crash may do to the commands of an event: nothing (exactly-once, unless given), repeat them, with the same
   * ids, or lose them.
   */
  readonly guarantee?: Guarantee;
  /**
   * `key`, unless given: when an event becomes a dead letter, later events of its key wait until it was redriven or
   * discarded. `none`: they go on, and the group's entry in the catalogue says `parks: false`. Only what is exactly-once
   * parks.
   */
  readonly ordering?: Ordering;
  readonly errors?: DeclaredErrors;
  /** What becomes of an event that another release may know, and this one does not: `dead-letter` unless given. */
  readonly unknown?: WhenUnknown;
}

/** What becomes of later events of a key when one of them fails. */
export type Ordering = 'key' | 'none';

type NameIn<Group> = Group extends `projections.${infer Name}.v${bigint}` ? Name : never;

export interface ProjectionOptions {
  /** Its group is `projections.<name>.v<version>`. */
  readonly name: string extends GroupName ? string : NameIn<GroupName>;
  /** Raise it when the rows change shape or meaning: the projection starts again from the first event. */
  readonly version: number;
  /** Events of its topics that change no row. One that is neither projected nor named here is refused at boot. */
  readonly skips?: readonly AnyMessageType[];
  /** As for a policy. */
  readonly ordering?: Ordering;
  readonly errors?: DeclaredErrors;
  readonly unknown?: WhenUnknown;
}

export type EffectOptions = RepeatedEffectOptions | SingleEffectOptions;

interface AnyEffectOptions {
  readonly group: GroupName;
  /** Milliseconds that one attempt may take; 8,000 unless given. */
  readonly timeoutMs?: number;
}

/** How often, and when, an event is tried again after an error that may pass. */
export interface RetryOptions {
  /** Attempts that follow the first one at once; 2 unless given. None after an attempt that ran out of time. */
  readonly immediate?: number;
  /**
   * Before each further attempt, up to a tenth longer; none unless given. Each has a retry topic of its own:
   * the group's entry in the catalogue says how many (`retries`).
   */
  readonly delays?: readonly Duration[];
  /** After which there is no further attempt; `1h` unless given. */
  readonly within?: Duration;
}

export interface RepeatedEffectOptions extends AnyEffectOptions {
  /** A crash may repeat what was performed last. */
  readonly guarantee?: 'at-least-once';
  readonly retry?: RetryOptions;
  /**
   * `none`, unless given: later events of a key overtake one that waits to be tried again. `key`: they are parked behind
   * it, and released in their order; the group's entry in the catalogue says so, too (`parks`).
   */
  readonly ordering?: Ordering;
  readonly errors?: DeclaredErrors;
  /** As for a policy. */
  readonly unknown?: WhenUnknown;
  /**
   * Milliseconds of performing after which the position is committed; 100 unless given. A machine that takes the
   * partition over repeats what was performed since; 0 commits after each event.
   */
  readonly commitAfterMs?: number;
  /**
   * Events of a partition that are performed at once, at most: 1 unless given, 64 at most. Those of a key keep their order. A crash may
   * repeat as many.
   */
  readonly concurrency?: number;
}

/** One attempt, which a crash may lose; an error, that of an outage too, makes a dead letter of the record. */
export interface SingleEffectOptions extends AnyEffectOptions {
  readonly guarantee: 'at-most-once';
  /** It cannot wait: its position is before each event. */
  readonly unknown?: Exclude<WhenUnknown, 'wait'>;
}

/** What one attempt of an effect knows beside its event. */
export interface Attempt {
  /** The event's id: the same for each attempt, each repeat, each instance. */
  readonly idempotencyKey: string;
  /** Fires when the attempt's time is up: stop, it counts as failed. */
  readonly signal: AbortSignal;
}

export type { DeclaredErrors, Duration, Guarantee, WhenUnknown };

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

/**
 * Marks the method of a projection that writes the rows of these events: one type, of all partitions that have some, those of one
 * aggregate in their order; never empty. When their transaction is rolled back it is called again, with these or with fewer of them.
 */
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

import { EventingError, type GroupSpec, type Message, type Received } from '../domain/index.ts';
import type { DeadLetterAt } from '../failures/find-dead-letters.ts';
import type { IgnoredRecord, RecordPlace } from '../ignored/ignored-record.ts';
import type { Refusal } from '../ignored/refusal.ts';
import type { TopicPartition } from '../log/log.ts';
import type { ConsumedRecord } from '../log/record.ts';
import type { Correlated, Correlation } from '../serde/correlated-records.ts';
import type { Original } from '../serde/message-codec.ts';
import type { Placed } from '../serde/received-records.ts';

/** Identifies a command to its aggregate, and ties it to what asked for it. */
export interface PublishOptions {
  /** `ce_id`: the aggregate handles one id once. */
  readonly id: string;
  /** Hash of the client's request: the same id with another hash is refused by the aggregate. */
  readonly requestHash?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Publishes commands from outside Kafka, one at a time, acknowledged by all in-sync replicas.
 * Throws PublishError: `outcome: 'unknown'` when the command may or may not be in the log
 * (repeat it with the same id), `'refused'` when it certainly is not.
 */
export abstract class CommandPublisher {
  abstract publish(command: Message, options: PublishOptions): Promise<LogPosition>;
}

/** A command that may not be in the log: see `outcome` at CommandPublisher. */
export class PublishError extends EventingError {
  readonly outcome: 'unknown' | 'refused';

  constructor(
    message: string,
    outcome: 'unknown' | 'refused',
    { retryable, cause }: { readonly retryable: boolean; readonly cause?: unknown },
  ) {
    super('PUBLISH_FAILED', message, { retryable, fields: { outcome }, cause });
    this.outcome = outcome;
  }
}

/** An event as it stands in the log. */
export interface LoggedEvent extends LogPosition {
  readonly event: Received & Pick<Placed, 'was'>;
}

/**
 * Follows events topics from their ends, read committed, without a consumer group: every process sees
 * every event. Give it the events topics with `EventingModule.forService({ tail: [...] })`.
 */
export abstract class EventTail {
  /** Calls the listener for each event from now on; returns the way to stop. A listener must not throw. */
  abstract subscribe(listener: (event: LoggedEvent) => void): () => void;
  /** The next offset to be read, by `topic` and partition: everything before it was delivered. */
  abstract positions(): readonly LogPosition[];
}

/**
 * What stands in the log from before. Rejects with an error that is `unavailable` where the log or the registry does not answer, and
 * with a TimeoutError when it takes too long.
 */
export abstract class PastRecords {
  /**
   * The messages of the records at these offsets of a partition, which are in order, in chunks, as handlers read them today: former
   * types are upcast, and several that one record has become follow each other.
   */
  abstract messagesAt(at: TopicPartition, offsets: readonly bigint[]): AsyncIterable<readonly Placed[]>;
  /** The records of a partition that belong to a correlation. */
  abstract correlated(at: TopicPartition, correlation: Correlation): Promise<Correlated>;
}

/** Where logs end and groups stand, asked of the broker at that moment. */
export abstract class LogPositions {
  /**
   * The offset after everything that was acknowledged before the call. Not the last stable offset: a command that was
   * accepted may stand behind somebody's open transaction, and an event's marker may come after that of the position.
   */
  abstract end(topic: string, partition: number): Promise<bigint>;
  /** The next offset that the group will handle. */
  abstract committed(group: string, topic: string, partition: number): Promise<bigint>;
  /** The last stable offset of each of these partitions: what is committed is before it. Those without a leader are left out. */
  abstract stableEnds(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]>;
  /**
   * When the first committed record from there on was written: milliseconds since 1970-01-01 UTC. Undefined where none is near:
   * the last offsets of a partition may be markers.
   */
  abstract writtenAt(position: LogPosition): Promise<number | undefined>;
  /** How many members the group has. */
  abstract members(group: string): Promise<number>;
  /** The partition that a key's records are in. */
  abstract partitionOf(topic: string, key: string): number;
  /**
   * Which of these are held back by transactions that have been open for more than five seconds: partitions whose last records
   * nobody can read, and groups whose positions are not final.
   */
  abstract heldBack(at: HeldBackAt): Promise<readonly HeldBackBy[]>;
}

export interface HeldBackAt {
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  readonly groups: readonly string[];
}

export interface HeldBackBy {
  readonly topic: string;
  readonly partition: number;
  /** When that transaction wrote its first record there: milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

export interface HealthReport {
  readonly ready: boolean;
  /** By name of what was looked at: `kafka`, `orders.decider`, ... */
  readonly details: Readonly<Record<string, { readonly status: 'up' | 'down'; readonly reason?: string }>>;
}

/** What the eventing side of a service says about itself: for `GET /health/ready`. */
export abstract class EventingHealth {
  abstract report(): HealthReport;
}

/** Dead letters as they stand on their topics, and what is in them. */
export abstract class DeadLetterLog {
  /** The record with all of its headers; undefined when it is not there. */
  abstract find(at: DeadLetterAt): Promise<ConsumedRecord | undefined>;
  /** The message in a value; undefined where it cannot be read at all. Rejects when the registry does not answer. */
  abstract decode(value: Buffer | null): Promise<Original | OfOtherRelease | undefined>;
  /** The value of a message. Rejects with an Error that says what does not fit its schema. */
  abstract encode(type: string, data: unknown): Promise<Buffer>;
  /** What waits behind the failure of this key, at most `limit` offsets of it; undefined when nothing is parked. */
  abstract parkedBehind(at: ParkedAt, limit: number): Promise<ParkedBehind | undefined>;
}

/** A value that another release may know how to read, and this one does not. */
export interface OfOtherRelease {
  /** The full name of its message, or of an enum with the symbol that is not known. */
  readonly unknown: string;
}

/** A key that may be parked. */
export interface ParkedAt {
  /** The dead letter that it may wait for. */
  readonly deadLetterId: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** As it was told: see `key` of DeadLetterFacts. */
  readonly key: string;
  /** Of a projection, whose marks are in its database: the offset that the key has stopped at, and the projection's own. */
  readonly since?: bigint;
  readonly until?: bigint;
}

export interface ParkedBehind {
  /** Of the records of this key in the source, those of types included that the group does not handle. */
  readonly offsets: readonly bigint[];
  readonly more: boolean;
}

/** What operators have decided about records of events topics that are no events, and the records as they stand there. */
export abstract class RecordDecisions {
  /** All of them, oldest first. */
  abstract ignored(): Promise<readonly IgnoredRecord[]>;
  /** The committed record that stands there; undefined when there is none. */
  abstract find(at: RecordPlace): Promise<ConsumedRecord | undefined>;
  /**
   * Decides, for ever, that every fold leaves this record out, as if it was not there. A record that was decided about before keeps
   * that decision, and it is the answer. Rejects when the brokers or the registry do not answer: then it may be asked again.
   */
  abstract ignore(at: RecordPlace, request: IgnoreRequest): Promise<IgnoreResult>;
}

export interface IgnoreRequest {
  readonly operator: string;
  readonly reason: string;
  /** Also a record that says which version of an aggregate it is. */
  readonly force: boolean;
}

export type IgnoreResult =
  | { readonly type: 'ignored'; readonly decision: IgnoredRecord }
  | {
      readonly type: 'refused';
      /**
       * `unknown`: nothing that is committed stands there; `not-events`: not on an events topic; `event`: it can be folded;
       * `other-release`: another release may know it; `versioned`: it says which version of an aggregate it is.
       */
      readonly refusal: 'unknown' | 'not-events' | Refusal;
    };

/** One consumer group of a service: what it handles, and what is promised of it. */
export interface HandledGroup {
  readonly group: string;
  readonly kind: GroupSpec['kind'];
  readonly topics: readonly string[];
  /** Names of types; empty where it takes everything. */
  readonly handles: readonly string[];
  readonly guarantee: string;
  /** What happens to a record that cannot be handled. */
  readonly onFailure: string;
}

/** The consumer groups of a service, as they are printed at boot: for documents about it. Nothing needs to run. */
export abstract class HandledGroups {
  abstract describe(): readonly HandledGroup[];
}

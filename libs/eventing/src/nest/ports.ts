import type { Message, Received } from '../domain/index.ts';

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

export class PublishError extends Error {
  readonly code = 'PUBLISH_FAILED';
  readonly retryable: boolean;
  readonly outcome: 'unknown' | 'refused';

  constructor(
    message: string,
    outcome: 'unknown' | 'refused',
    options: { retryable: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.outcome = outcome;
    this.retryable = options.retryable;
  }
}

/** An event as it stands in the log. */
export interface LoggedEvent extends LogPosition {
  readonly event: Received;
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

/** Where logs end and groups stand, asked of the broker at that moment. */
export abstract class LogPositions {
  /**
   * The offset after everything that was acknowledged before the call. Not the last stable offset: a command that was
   * accepted may stand behind somebody's open transaction, and an event's marker may come after that of the position.
   */
  abstract end(topic: string, partition: number): Promise<bigint>;
  /** The next offset that the group will handle. */
  abstract committed(group: string, topic: string, partition: number): Promise<bigint>;
  /** The partition that a key's records are in. */
  abstract partitionOf(topic: string, key: string): number;
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

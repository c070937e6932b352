/** Where in the log, as far as it is one place. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: bigint;
}

/** What went wrong with the log, whoever keeps it. */
export class LogError extends Error {
  override readonly name: string = 'LogError';
  /** In capitals; where it comes from the broker, the protocol's name, such as `NOT_LEADER_FOR_PARTITION`. */
  readonly code: string;
  /** The same request may succeed later, or at another node. */
  readonly retryable: boolean;
  /** What it is about; undefined where that is no single partition. */
  readonly at: Place | undefined;
  /** As operators know it. */
  readonly dependency = 'Kafka';

  constructor(
    code: string,
    message: string,
    options: { readonly retryable: boolean; readonly cause?: unknown; readonly at?: Place },
  ) {
    super(message, { cause: options.cause });
    this.at = options.at;
    this.code = code;
    this.retryable = options.retryable;
  }

  /** Nothing that a record could be blamed for. */
  get unavailable(): boolean {
    return this.retryable;
  }
}

/** Another process holds the transactional id now: what this one was doing has no effect. */
export class ProducerFenced extends LogError {
  override readonly name = 'ProducerFenced';
  readonly transactionalId: string;

  constructor(transactionalId: string, cause: unknown) {
    super('PRODUCER_FENCED', `${transactionalId} was taken over by another process`, {
      retryable: false,
      cause,
    });
    this.transactionalId = transactionalId;
  }
}

/** The partition is not, or no longer, assigned to this member. */
export class PartitionLost extends LogError {
  override readonly name = 'PartitionLost';
  readonly topic: string;
  readonly partition: number;

  constructor(topic: string, partition: number, cause?: unknown) {
    super('PARTITION_LOST', `${topic}-${partition} is not assigned to this process`, {
      retryable: false,
      cause,
      at: { topic, partition },
    });
    this.topic = topic;
    this.partition = partition;
  }
}

/** A position that cannot be trusted. The partition stops until somebody decides: nothing is ever reset. */
export class PositionError extends LogError {
  override readonly name = 'PositionError';

  constructor(message: string, at?: Place) {
    super('POSITION', message, { retryable: false, ...(at && { at }) });
  }
}

/** The partition cannot go on until somebody has looked: going on would make it worse. */
export class HaltError extends LogError {
  override readonly name = 'HaltError';

  constructor(message: string, cause?: unknown, at?: Place) {
    super('HALTED', message, { retryable: false, cause, ...(at && { at }) });
  }
}

/** The log will never take this batch. */
export class RecordTooLarge extends LogError {
  override readonly name = 'RecordTooLarge';
  readonly topic: string;

  constructor(topic: string, cause: unknown) {
    super('MESSAGE_TOO_LARGE', `A batch for ${topic} is larger than the topic allows`, {
      retryable: false,
      cause,
    });
    this.topic = topic;
  }
}

/** The request may or may not have taken effect. */
export const isUnanswered = (error: LogError) => error.code === 'CONNECTION' || error.code === 'TIMEOUT';

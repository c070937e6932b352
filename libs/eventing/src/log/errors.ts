import { type ErrorFields, EventingError } from '../domain/index.ts';

/**
 * What went wrong with the log, whoever keeps it. Where it comes from the broker its code is the protocol's name, such as
 * `NOT_LEADER_FOR_PARTITION`, and retryable says that the same request may succeed later, or at another node.
 */
export class LogError extends EventingError {
  /** As operators know it. */
  readonly dependency = 'Kafka';

  /** Nothing that a record could be blamed for. */
  get unavailable(): boolean {
    return this.retryable;
  }
}

/** Another process holds the transactional id now: what this one was doing has no effect. */
export class ProducerFenced extends LogError {
  readonly transactionalId: string;

  constructor(transactionalId: string, cause: unknown) {
    super('PRODUCER_FENCED', `${transactionalId} was taken over by another process`, {
      retryable: false,
      fields: { transactionalId },
      cause,
    });
    this.transactionalId = transactionalId;
  }
}

/** Nobody has heard how a transaction ended: it is committed, or aborted, or will be. */
export class CommitUnknown extends LogError {
  constructor(transactionalId: string, cause: Error) {
    super(
      'COMMIT_UNKNOWN',
      `What became of the transaction of ${transactionalId} is not known: ${cause.message}`,
      {
        retryable: true,
        fields: { transactionalId },
        cause,
      },
    );
  }
}

/** The partition is not, or no longer, assigned to this member. */
export class PartitionLost extends LogError {
  readonly topic: string;
  readonly partition: number;

  constructor(topic: string, partition: number, cause?: unknown) {
    super('PARTITION_LOST', `${topic}-${partition} is not assigned to this process`, {
      retryable: false,
      fields: { topic, partition },
      cause,
    });
    this.topic = topic;
    this.partition = partition;
  }
}

/** A position that cannot be trusted. The partition stops until somebody decides: nothing is ever reset. */
export class PositionError extends LogError {
  constructor(message: string, fields: ErrorFields = {}) {
    super('POSITION', message, { retryable: false, fields });
  }
}

/** The partition cannot go on until somebody has looked: going on would make it worse. */
export class HaltError extends LogError {
  constructor(message: string, cause?: unknown, fields: ErrorFields = {}) {
    super('HALTED', message, { retryable: false, cause, fields });
  }
}

/** The log will never take this batch. */
export class RecordTooLarge extends LogError {
  readonly topic: string;

  constructor(topic: string, cause: unknown) {
    super('MESSAGE_TOO_LARGE', `A batch for ${topic} is larger than the topic allows`, {
      retryable: false,
      fields: { topic },
      cause,
    });
    this.topic = topic;
  }
}

/** The request may or may not have taken effect. */
export const isUnanswered = (error: LogError) => error.code === 'CONNECTION' || error.code === 'TIMEOUT';

/** The cluster has access lists, and this process is not in the one that it takes. */
export const isMissingRight = (error: Error) =>
  error instanceof LogError && error.code.endsWith('_AUTHORIZATION_FAILED');

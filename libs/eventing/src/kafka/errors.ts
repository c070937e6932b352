/** What went wrong with Kafka, by the protocol's error name or the connection's failure. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  /** The protocol's name, such as `NOT_LEADER_FOR_PARTITION`, or CONNECTION, TIMEOUT. */
  readonly code: string;
  /** The same request may succeed later, or at another node. */
  readonly retryable: boolean;
  readonly dependency = 'Kafka';

  constructor(code: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }

  /** Nothing that a record could be blamed for. */
  get unavailable(): boolean {
    return this.retryable;
  }
}

/** Another process holds the transactional id now: what this one was doing has no effect. */
export class ProducerFenced extends KafkaError {
  constructor(transactionalId: string, cause: unknown) {
    super('PRODUCER_FENCED', `${transactionalId} was taken over by another process`, {
      retryable: false,
      cause,
    });
  }
}

/** The partition is not, or no longer, assigned to this member. */
export class PartitionLost extends KafkaError {
  constructor(topic: string, partition: number, cause?: unknown) {
    super('PARTITION_LOST', `${topic}-${partition} is not assigned to this process`, {
      retryable: false,
      cause,
    });
  }
}

/** A position that cannot be trusted. The partition stops until somebody decides: nothing is ever reset. */
export class PositionError extends KafkaError {
  constructor(message: string) {
    super('POSITION', message, { retryable: false });
  }
}

/** The partition cannot go on until somebody has looked: going on would make it worse. */
export class HaltError extends KafkaError {
  constructor(message: string, cause?: unknown) {
    super('HALTED', message, { retryable: false, cause });
  }
}

/** The broker will never take this batch. */
export class RecordTooLarge extends KafkaError {
  constructor(topic: string, cause: unknown) {
    super('MESSAGE_TOO_LARGE', `A batch for ${topic} is larger than the topic allows`, {
      retryable: false,
      cause,
    });
  }
}

const FENCED = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_TXN_STATE',
]);

export const isFencing = (error: unknown) => error instanceof KafkaError && FENCED.has(error.code);

/** The request may or may not have reached the broker. */
export const isUnanswered = (error: KafkaError) => error.code === 'CONNECTION' || error.code === 'TIMEOUT';

interface ClientError extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly retriable?: boolean;
}

/** Translates whatever the client throws. */
export function kafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  const { name, message, type, retriable } = error as ClientError;
  if (type) return new KafkaError(type, message, { retryable: retriable === true, cause: error });
  if (name === 'KafkaJSRequestTimeoutError')
    return new KafkaError('TIMEOUT', message, { retryable: true, cause: error });
  if (name?.startsWith('KafkaJS'))
    return new KafkaError('CONNECTION', message, { retryable: true, cause: error });
  return new KafkaError('CLIENT', String(message ?? error), { retryable: false, cause: error });
}

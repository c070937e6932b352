import { LogError } from '../log/errors.ts';

/** What the brokers answered, or the connection failed with: the protocol's name, or CONNECTION, TIMEOUT, CLIENT. */
export class KafkaError extends LogError {
  override readonly name = 'KafkaError';
}

const FENCED = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_TXN_STATE',
]);

export const isFencing = (error: unknown) => error instanceof LogError && FENCED.has(error.code);

interface ClientError extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly retriable?: boolean;
}

/** Translates whatever the client throws. */
export function kafkaError(error: unknown): LogError {
  if (error instanceof LogError) return error;
  const { name, message, type, retriable } = error as ClientError;
  if (type) return new KafkaError(type, message, { retryable: retriable === true, cause: error });
  if (name === 'KafkaJSRequestTimeoutError')
    return new KafkaError('TIMEOUT', message, { retryable: true, cause: error });
  if (name?.startsWith('KafkaJS'))
    return new KafkaError('CONNECTION', message, { retryable: true, cause: error });
  return new KafkaError('CLIENT', String(message ?? error), { retryable: false, cause: error });
}

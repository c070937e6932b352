import { LogError } from '../../log/errors.ts';

/**
 * What the brokers answered, or the connection failed with: the protocol's name, or CONNECTION, TIMEOUT, CLIENT; UNSUPPORTED_VERSION
 * before a request is sent that the broker does not speak.
 */
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
  readonly topic?: string;
  /** What is behind an error that stands for several. */
  readonly errors?: readonly ClientError[];
  readonly partitions?: readonly { readonly error?: ClientError }[];
  readonly apiName?: string;
  readonly type?: string;
  readonly code?: string | number;
  readonly retriable?: boolean;
}

/** The broker has answered without what it was asked for: so it slows a client down (KIP-219). */
export const putOff = (topic: string, partition: number) =>
  new KafkaError('THROTTLED', `The broker has put off what was asked about ${topic}-${partition}`, {
    retryable: true,
    fields: { topic, partition },
  });

/** Translates whatever the client throws. */
export function kafkaError(error: unknown): LogError {
  if (error instanceof LogError) return error;
  const { name, message, type, retriable, apiName } = error as ClientError;
  const one = oneOf(error as ClientError);
  if (one?.type)
    return new KafkaError(one.type, `${one.topic ?? message}: ${one.message}`, {
      retryable: one.retriable === true,
      cause: error,
    });
  if (type) return new KafkaError(type, message, { retryable: retriable === true, cause: error });
  if (name === 'KafkaJSServerDoesNotSupportApiKey')
    return new KafkaError('UNSUPPORTED_VERSION', `${message}: ${apiName}`, {
      retryable: false,
      cause: error,
    });
  if (name === 'KafkaJSRequestTimeoutError')
    return new KafkaError('TIMEOUT', message, { retryable: true, cause: error });
  if (name?.startsWith('KafkaJS'))
    return new KafkaError('CONNECTION', message, { retryable: true, cause: error });
  return new KafkaError('CLIENT', String(message ?? error), { retryable: false, cause: error });
}

/** The first of several, and rather one that says more than that a topic is there already. */
function oneOf({ errors, partitions = [] }: ClientError): ClientError | undefined {
  const several = errors ?? partitions.flatMap(({ error }) => error ?? []);
  return several.find(({ type }) => type !== 'TOPIC_ALREADY_EXISTS') ?? several[0];
}

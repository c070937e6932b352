export type LogErrorCode =
  | 'CLOSED'
  | 'CONNECTION_LOST'
  | 'NO_ANSWER'
  | 'BROKER_ERROR'
  | 'RECORDS_GONE'
  | 'UNREADABLE'
  | 'REGISTRY_UNAVAILABLE';

/** Why the log could not be read. When `retryable`, the same question may be answered later, or by another broker. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;
  readonly retryable: boolean;

  constructor(code: LogErrorCode, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** Error codes of the protocol that pass: leaders move, brokers come back, metadata arrives late. */
const passing = new Set([-1, 1, 3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 56, 74, 75, 78, 100]);

export const brokerError = (what: string, code: number) =>
  new LogError('BROKER_ERROR', `${what} was answered with the protocol's error ${code}`, {
    retryable: passing.has(code),
  });

export type StackErrorCode =
  | 'PREREQUISITE_MISSING'
  | 'BAD_SETTING'
  | 'PORT_TAKEN'
  | 'DISK_FULL'
  | 'FETCH_FAILED'
  | 'PROCESS_FAILED'
  | 'NOT_READY'
  | 'DATA_MISMATCH'
  | 'ALREADY_RUNNING'
  | 'STOPPING';

/** What can go wrong with the parts, in one sentence that says what to do about it. */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: StackErrorCode;
  readonly retryable: boolean;

  constructor(code: StackErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

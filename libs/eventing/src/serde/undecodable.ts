import { EventingError, type EventingErrorOptions } from '../domain/index.ts';

/** Bytes that no reader schema of the contracts can make sense of: they never will. */
export class Undecodable extends EventingError {
  constructor(message: string, options: Omit<EventingErrorOptions, 'retryable'> = {}) {
    super('UNDECODABLE', message, options);
  }
}

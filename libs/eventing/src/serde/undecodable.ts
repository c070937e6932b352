import { EventingError, type EventingErrorOptions } from '../domain/index.ts';

interface UndecodableOptions extends Omit<EventingErrorOptions, 'retryable'> {
  readonly unknown?: string;
}

/** Bytes that no reader schema of the contracts can make sense of: they never will. */
export class Undecodable extends EventingError {
  /**
   * What another release may know, and this one does not: the full name of a message, or of an enum with one of its symbols. Undefined
   * where nothing says that any release of the contracts reads it.
   */
  readonly unknown: string | undefined;

  constructor(message: string, { unknown, ...options }: UndecodableOptions = {}) {
    super('UNDECODABLE', message, options);
    this.unknown = unknown;
  }
}

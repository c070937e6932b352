/** What an error is about, for whoever logs or sorts it: names and numbers, no sentences. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | bigint | readonly string[]>>;

export interface EventingErrorOptions {
  /** The same may succeed later, without anybody's doing; false unless given. */
  readonly retryable?: boolean;
  readonly fields?: ErrorFields;
  readonly cause?: unknown;
}

/** What all errors of the library are. Its message says what to do, and is for people; programs go by the rest. */
export abstract class EventingError extends Error {
  /** In capitals; it stays as it is from release to release. */
  readonly code: string;
  readonly retryable: boolean;
  readonly fields: ErrorFields;

  constructor(
    code: string,
    message: string,
    { retryable = false, fields = {}, cause }: EventingErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
    this.fields = fields;
  }
}

/**
 * What a line of the log has beside its text, as arguments of a NestJS logger: `code`, `retryable` and `fields` of an error of the
 * library; nothing of any other.
 */
export function loggedFields(error: unknown): readonly object[] {
  if (!(error instanceof EventingError)) return [];
  const { code, retryable, fields } = error;
  return [{ code, retryable, fields }];
}

/** The catalogue, the contracts, the handlers or the options of a service do not fit: it is to be changed and deployed again. */
export class ConfigurationError extends EventingError {}

/** A decider has no rule for a message of its contracts. The compiler refuses such a decider, unless it was told not to. */
export class RuleMissing extends EventingError {
  constructor(group: string, type: string, message: string) {
    super('RULE_MISSING', message, { fields: { group, type } });
  }
}

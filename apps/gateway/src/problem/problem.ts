/** Extension members of a problem: what a program may want to know beside the sentence. */
export type Extensions = Readonly<Record<string, unknown>>;

interface ProblemOptions {
  readonly extensions?: Extensions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer that is an error: RFC 9457. `code` names the kind of problem for programs. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly extensions: Extensions;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  /** The body, as `application/problem+json`. */
  get body() {
    return {
      type: `urn:atelier:problem:${this.code}`,
      title: titleOf(this.code),
      status: this.status,
      detail: this.message,
      ...this.extensions,
    };
  }
}

const titleOf = (code: string) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

export const notFound = (what: string) => new Problem(404, 'not-found', `There is no ${what}`);

export const malformed = (detail: string, extensions: Extensions = {}) =>
  new Problem(400, 'malformed-request', detail, { extensions });

export const reusedKey = () =>
  new Problem(
    422,
    'idempotency-key-reused',
    'This Idempotency-Key was used for a request with another body: take a new key for a new request',
  );

/** The client does best to ask again, with the same Idempotency-Key if it had one. */
export const unavailable = (detail: string, cause?: unknown) =>
  new Problem(503, 'unavailable', detail, { headers: { 'Retry-After': '1' }, cause });

/** A read that was to show a write waited for it in vain. `place`: where the write ends in the log. */
export const notSeenYet = (projection: string, place: string) =>
  new Problem(
    503,
    'not-seen-yet',
    `${projection} has not come to ${place}: ask again with the same Consistency-Token, or without it to read what is there`,
    { extensions: { projection, place }, headers: { 'Retry-After': '1' } },
  );

/** A token names a place that the log has not come to. */
export const noSuchPlace = (place: string) =>
  malformed(`Consistency-Token: ${place} is no place of this log: send one that a write gave`, {
    header: 'Consistency-Token',
  });

/** What an error says about trying again. */
export type FailureClass =
  /** A dependency is down. The record is innocent: wait, and count no attempt. */
  | 'unavailable'
  /** This record failed, and may succeed later. */
  | 'retryable'
  /** This record will never succeed. */
  | 'fatal';

interface Described {
  readonly unavailable?: boolean;
  readonly retryable?: boolean;
  readonly code?: unknown;
  readonly cause?: unknown;
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** SQLSTATE classes of a database that is not there: connection, resources, operator intervention. */
const DATABASE_DOWN = /^(08|53|57P)/;

/** Classifies an error through the chain of its causes; the outermost error that says something decides. */
export function classify(error: unknown, otherwise: FailureClass): FailureClass {
  for (let at = error as Described | undefined; at; at = at.cause as Described | undefined) {
    if (at.unavailable === true || isDown(at.code)) return 'unavailable';
    if (at.retryable === true) return 'retryable';
    if (at.retryable === false) return 'fatal';
  }
  return otherwise;
}

function isDown(code: unknown): boolean {
  return typeof code === 'string' && (NETWORK.has(code) || (code.length === 5 && DATABASE_DOWN.test(code)));
}

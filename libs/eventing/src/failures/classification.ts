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
  readonly message?: string;
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
/** SQLSTATEs that say nothing about the statement: connection, conflict, resources, operator, system. */
const DATABASE_BUSY = /^(08|40|53|57|58)...$|^(25006|55P03)$/;
/** The Postgres client has no code for these. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/i;

/** Classifies an error through the chain of its causes; the outermost error that says something decides. */
export function classify(error: unknown, otherwise: FailureClass): FailureClass {
  for (let at = error as Described | undefined; at; at = at.cause as Described | undefined) {
    if (at.unavailable === true || isDown(at)) return 'unavailable';
    if (at.retryable === true) return 'retryable';
    if (at.retryable === false) return 'fatal';
  }
  return otherwise;
}

function isDown({ code, message = '' }: Described): boolean {
  if (CONNECTION_LOST.test(message)) return true;
  return typeof code === 'string' && (NETWORK.has(code) || DATABASE_BUSY.test(code));
}

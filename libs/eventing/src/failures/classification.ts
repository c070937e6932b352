import { EventingError } from '../domain/index.ts';

/** What an error says about trying again. */
export type FailureClass =
  /** A dependency is down. The record is innocent: wait, and count no attempt. */
  | 'unavailable'
  /** This record failed, and may succeed later. */
  | 'retryable'
  /** This record will never succeed. */
  | 'fatal';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever its constructor takes
type ErrorType = abstract new (...args: any) => Error;

/** Types of errors that a handler declares, where an error does not say by itself what it is. */
export type DeclaredErrors = Partial<Record<FailureClass, readonly ErrorType[]>>;

/**
 * What an error may say about itself: `unavailable`, or whether it is `retryable`, and the name of the `dependency`
 * that is down.
 */
interface Described {
  readonly unavailable?: boolean;
  readonly retryable?: boolean;
  readonly dependency?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly message?: string;
  readonly address?: string;
  readonly port?: number;
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);
/** SQLSTATEs that say nothing about the statement: connection, conflict, resources, operator, system. */
const DATABASE_BUSY = /^(08|40|53|57|58)...$|^(25006|55P03)$/;
/** The Postgres client has no code for these. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/i;

/**
 * Classifies an error through the chain of its causes; the outermost error that says something decides, and what the
 * handler declared goes before what the error says of itself. What cannot be decoded, or upcast, never will be, whatever anybody says.
 */
export function classify(
  error: unknown,
  otherwise: FailureClass,
  declared: DeclaredErrors = {},
): FailureClass {
  const errors = [...chain(error)];
  if (errors.some(isUnreadable)) return 'fatal';
  for (const at of errors) {
    const said = declaredClass(at, declared) ?? ownClass(at);
    if (said) return said;
  }
  return otherwise;
}

/** A dependency is down, as the handler has declared it. */
export class DeclaredOutage extends EventingError {
  readonly unavailable = true;
  readonly dependency: string;

  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super('DEPENDENCY_DOWN', message, { retryable: true, cause });
    this.dependency = cause instanceof Error ? cause.name : 'a dependency';
  }
}

/** The error as those see it who do not know what the handler declared: of an outage it says that it is one. */
export function outageOf(error: unknown, declared: DeclaredErrors | undefined): unknown {
  const isOutage = classify(error, 'fatal', declared) === 'unavailable';
  return isOutage && classify(error, 'fatal') !== 'unavailable' ? new DeclaredOutage(error) : error;
}

/** The name that an error, or one of its causes, gives to what is down. */
export const namedDependency = (error: unknown) =>
  [...chain(error)].find(({ dependency }) => dependency !== undefined)?.dependency;

/** The name of the dependency that an outage is about, as well as the error tells. */
export function dependencyOf(error: unknown): string {
  const named = namedDependency(error);
  if (named !== undefined) return named;
  const causes = [...chain(error)];
  if (causes.some(isDatabase)) return 'Postgres';
  const peer = causes.find(({ address, port }) => address !== undefined && port !== undefined);
  return peer ? `${peer.address}:${peer.port}` : 'a dependency';
}

function* chain(error: unknown): Generator<Described> {
  const seen = new Set<unknown>();
  for (let at = error; at !== null && typeof at === 'object' && !seen.has(at);) {
    seen.add(at);
    yield at as Described;
    // Of several addresses of one host, the first speaks for all.
    at = at instanceof AggregateError ? at.errors[0] : (at as Described).cause;
  }
}

const isUnreadable = ({ code }: Described) => code === 'UNDECODABLE' || code === 'UPCAST_FAILED';

function declaredClass(error: Described, declared: DeclaredErrors): FailureClass | undefined {
  const classes: readonly FailureClass[] = ['unavailable', 'retryable', 'fatal'];
  return classes.find((name) => declared[name]?.some((type) => error instanceof type));
}

function ownClass(error: Described): FailureClass | undefined {
  if (error.unavailable === true || isDown(error)) return 'unavailable';
  if (error.retryable === true) return 'retryable';
  return error.retryable === false ? 'fatal' : undefined;
}

function isDown(error: Described): boolean {
  return isDatabase(error) || (typeof error.code === 'string' && NETWORK.has(error.code));
}

function isDatabase({ code, message = '' }: Described): boolean {
  return CONNECTION_LOST.test(message) || (typeof code === 'string' && DATABASE_BUSY.test(code));
}

import pTimeout from 'p-timeout';
import { Problem, unavailable } from './problem.ts';

const answerWithinMs = 5_000;

/** The answer of Kafka or the registry. Throws 503 when it does not come in time. */
export const inTime = <T>(answer: Promise<T>): Promise<T> =>
  pTimeout(answer, { milliseconds: answerWithinMs, message: silent() });

export const silent = (cause?: unknown) => unavailable('Kafka or the schema registry does not answer', cause);

/** Throws 503 for whatever went wrong. */
export function away(error: unknown): never {
  throw error instanceof Problem ? error : silent(error);
}

/** Throws 503 for what may pass, and anything else as it is: what cannot be read at all stays so. */
export function throwOutage(error: unknown): never {
  const { unavailable: isAway, name } = error as { unavailable?: boolean; name?: string };
  throw isAway === true || name === 'TimeoutError' ? silent(error) : error;
}

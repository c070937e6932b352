import { isTooOldToRedrive, oldestToRedrive, REDRIVE_LIMIT } from '@atelier/contracts';
import type { DeadLetter } from './dead-letter.schema.ts';

/**
 * Why a redrive would be refused now, as far as the read model knows, or undefined. The decider of dead letters has the
 * last word.
 */
export function predictedRefusal(
  { status, redrive, failedAt }: Pick<DeadLetter, 'status' | 'redrive' | 'failedAt'>,
  { force, now }: { readonly force: boolean; readonly now: number },
): string | undefined {
  if (status === 'requested' || status === 'sent') return 'under-way';
  if (status === 'handled' || status === 'discarded') return status;
  if (!force && redrive >= REDRIVE_LIMIT) return 'limit';
  if (!force && isTooOldToRedrive(Date.parse(failedAt), now)) return 'too-old';
  return undefined;
}

/** Until the decider has it, time goes by. */
const decidingMs = 60_000;

/** A dead letter that failed before this needs force, or will by the time that it is decided about. */
export const oldestWithoutForce = (now: number) => new Date(oldestToRedrive(now) + decidingMs);

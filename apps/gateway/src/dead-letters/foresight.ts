import type { DeadLetter } from './dead-letter.schema.ts';
import { redriveDays, redriveLimit } from './refusals.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Why a redrive would be refused now, as far as the read model knows, or undefined. The decider of dead letters has the
 * last word.
 */
export function foreseenRefusal(
  { status, redrive, failedAt }: Pick<DeadLetter, 'status' | 'redrive' | 'failedAt'>,
  { force, now }: { readonly force: boolean; readonly now: number },
): string | undefined {
  if (status === 'requested' || status === 'sent') return 'under-way';
  if (status === 'handled' || status === 'discarded') return status;
  if (!force && redrive >= redriveLimit) return 'limit';
  if (!force && now - Date.parse(failedAt) > redriveDays * dayMs) return 'too-old';
  return undefined;
}

/** Until the decider has it, time goes by. */
const decidingMs = 60_000;

/** A dead letter that failed before this needs force, or will by the time that it is decided about. */
export const oldestWithoutForce = (now: number) => new Date(now - redriveDays * dayMs + decidingMs);

import type { Outcome } from '@atelier/eventing';

/** Contracts have outcomes as text. Whatever is not one of the two must never pass for the other. */
export const isOutcome = (text: string): text is Outcome => text === 'commit' || text === 'abort';

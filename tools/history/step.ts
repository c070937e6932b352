import type { Received } from '@atelier/eventing/domain';
import type { Opened } from '@atelier/eventing/serde';

/** Which rule is asked about a command: the second where its id was handled before, for another request. */
export type Rule = 'decide' | 'refuseReusedKey';

export interface Question {
  readonly command: Opened;
  readonly rule: Rule;
}

export interface RecordedEvent {
  readonly opened: Opened;
  /** What it was folded into, where somebody has kept that: topics do not. */
  readonly kept?: { readonly state: unknown } | undefined;
}

/**
 * One step of an aggregate: a command that its rules were asked about, and the events that answered it: none where it was accepted and
 * nothing changed. Without a command: its events are kept for longer, or nobody can tell which rule was asked.
 */
export interface Step {
  readonly aggregate: string;
  readonly question?: Question | undefined;
  readonly events: readonly RecordedEvent[];
}

/** Throws where the record has none that can be read. */
export function messagesOf(opened: Opened): readonly Received[] {
  if ('error' in opened) throw opened.error;
  return opened.messages.map(({ type, data, metadata }) => ({ type, data, metadata }) as Received);
}

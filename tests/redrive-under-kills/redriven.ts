import type { Trace } from '../harness/checks/kinds/redriven.ts';
import type { Violation } from '../harness/checks/violation.ts';

/** What became of the dead letters, by those who know. */
export interface Letters {
  /** How many records failed. */
  readonly expected: number;
  /** Ids of the records of the dead-letter topic, and of the copies on the redrive topic. */
  readonly deadLetters: readonly string[];
  readonly copies: readonly string[];
  /** What the decider said. */
  readonly events: readonly Happening[];
  /** The same, as it is shown to operators. */
  readonly history: readonly Happening[];
  readonly rows: readonly { readonly deadLetterId: string; readonly status: string }[];
}

export interface Happening {
  readonly deadLetterId: string;
  readonly type: string;
}

/** What happens to each once, and never again. */
const story = ['DeadLetterReported', 'RedriveRequested', 'RedriveSent', 'RedriveHandled'];
/** What need not happen, and may: who comes second is refused. */
const tolerated = ['RedriveRefused'];

/** Each failed record is one dead letter, was given back once, and was handled once. */
export function check({
  expected: failed,
  deadLetters,
  copies,
  events,
  history,
  rows,
}: Letters): Violation[] {
  const ids = new Set(deadLetters);
  const shown = rows.map(({ deadLetterId }) => deadLetterId);
  const unhandled = rows.filter(({ status }) => status !== 'handled');
  return [
    ...miscounted(failed, ids.size),
    ...notOnce(ids, deadLetters, { what: 'dead letter' }),
    ...notOnce(ids, copies, { what: 'copy' }),
    ...storyOf(ids, events, 'the log'),
    ...storyOf(ids, history, 'the read model'),
    ...notOnce(ids, shown, { what: 'row' }),
    ...unhandled.map(
      ({ deadLetterId, status }) => ({ kind: 'not-handled', letter: deadLetterId, status }) as const,
    ),
  ];
}

function miscounted(failed: number, found: number): Violation[] {
  if (found === failed) return [];
  return [{ kind: found < failed ? 'too-few-dead-letters' : 'too-many-dead-letters', failed, found }];
}

function storyOf(ids: ReadonlySet<string>, happenings: readonly Happening[], where: string): Violation[] {
  const byType = Map.groupBy(happenings, ({ type }) => type);
  const strange = happenings.filter(({ type }) => !story.includes(type) && !tolerated.includes(type));
  const lettersWith = (type: string) => (byType.get(type) ?? []).map(({ deadLetterId }) => deadLetterId);
  return [
    ...story.flatMap((type) => notOnce(ids, lettersWith(type), { what: type, where })),
    ...strange.map(
      ({ deadLetterId, type }) => ({ kind: 'unexpected-event', letter: deadLetterId, type, where }) as const,
    ),
  ];
}

function notOnce(ids: ReadonlySet<string>, found: readonly string[], trace: Trace): Violation[] {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const violations: Violation[] = [];
  for (const letter of ids)
    if (!counts.has(letter)) violations.push({ kind: 'trace-missing', letter, ...trace });
  for (const [letter, times] of counts) {
    if (times > 1) violations.push({ kind: 'trace-again', letter, times, ...trace });
    if (!ids.has(letter)) violations.push({ kind: 'trace-of-nothing', letter, ...trace });
  }
  return violations;
}

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

/** Each failed record is one dead letter, was given back once, and was handled once. One sentence for what did not hold. */
export function check({ expected, deadLetters, copies, events, history, rows }: Letters): string[] {
  const ids = new Set(deadLetters);
  const count = `${expected} records failed, and ${ids.size} are dead letters`;
  return [
    ...(ids.size === expected ? [] : [count]),
    ...notOnce(ids, deadLetters, 'dead letter', 'dead letters'),
    ...notOnce(ids, copies, 'copy', 'copies'),
    ...storyOf(ids, events, 'event', 'the log'),
    ...storyOf(ids, history, 'row of the history', 'the read model'),
    ...notOnce(
      ids,
      rows.map(({ deadLetterId }) => deadLetterId),
      'row',
      'rows',
    ),
    ...rows
      .filter(({ status }) => status !== 'handled')
      .map(({ deadLetterId, status }) => `${deadLetterId}: not handled, but ${status}`),
  ];
}

function storyOf(ids: ReadonlySet<string>, happenings: readonly Happening[], one: string, where: string) {
  const byType = Map.groupBy(happenings, ({ type }) => type);
  const strange = [...byType.keys()].filter((type) => !story.includes(type) && !tolerated.includes(type));
  const named = (type: string) => (byType.get(type) ?? []).map(({ deadLetterId }) => deadLetterId);
  return [
    ...story.flatMap((type) => notOnce(ids, named(type), `${one} ${type}`, `times ${type} in ${where}`)),
    ...strange.flatMap((type) => named(type).map((id) => `${id}: ${type} in ${where}`)),
  ];
}

function notOnce(ids: ReadonlySet<string>, found: readonly string[], one: string, many: string): string[] {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [
    ...[...ids].filter((id) => !counts.has(id)).map((id) => `${id}: no ${one}`),
    ...[...counts].filter(([, times]) => times > 1).map(([id, times]) => `${id}: ${times} ${many}`),
    ...[...counts.keys()].filter((id) => !ids.has(id)).map((id) => `${id}: ${one} of no dead letter`),
  ];
}

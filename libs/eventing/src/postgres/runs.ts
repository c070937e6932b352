import type { Received } from '../domain/index.ts';

/** Events of one type that a projection may write together. */
export interface Run {
  readonly type: string;
  readonly events: Received[];
}

/**
 * Splits events into runs of one type, as few as possible, so that events of one aggregate keep their order: an
 * event joins the earliest run of its type that comes after everything its aggregate did before.
 */
export function runsOf(events: readonly Received[]): Run[] {
  const runs: Run[] = [];
  const lastRun = new Map<string, number>();
  for (const event of events) {
    const from = lastRun.get(event.metadata.subject) ?? 0;
    let index = runs.findIndex((run, at) => at >= from && run.type === event.type);
    if (index < 0) index = runs.push({ type: event.type, events: [] }) - 1;
    runs[index]?.events.push(event);
    lastRun.set(event.metadata.subject, index);
  }
  return runs;
}

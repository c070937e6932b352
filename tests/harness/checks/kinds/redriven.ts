import { duplicated, lost, other, type Wording } from '../../../../tools/violation.ts';

/** What a dead letter has once: a place in its topic, a copy, each event of its story, a row. */
export interface Trace {
  /** What there is one of, and where, if it is not plain. */
  what: string;
  where?: string;
}

/** What can be wrong with dead letters that were given back, and with the jobs that did so. */
export interface RedrivenKinds {
  'too-few-dead-letters': { failed: number; found: number };
  'too-many-dead-letters': { failed: number; found: number };
  'trace-missing': { letter: string } & Trace;
  'trace-again': { letter: string; times: number } & Trace;
  'trace-of-nothing': { letter: string } & Trace;
  'unexpected-event': { letter: string; type: string; where: string };
  'not-handled': { letter: string; status: string };
  'job-unfinished': { job: string; status: string; counts: Readonly<Record<string, number>>; total: number };
  'click-answered-wrongly': { letter: string; way: string; answer: string };
  'kill-without-turn': { count: number };
}

const miscounted = ({ failed, found }: { readonly failed: number; readonly found: number }) =>
  `${failed} records failed, and ${found} are dead letters`;

const named = ({ what, where }: Readonly<Trace>) => (where === undefined ? what : `${what} in ${where}`);

export const redrivenWording: Wording<RedrivenKinds> = {
  'too-few-dead-letters': lost(miscounted),
  'too-many-dead-letters': other(miscounted),
  'trace-missing': lost(({ letter, ...trace }) => `${letter}: no ${named(trace)}`),
  'trace-again': duplicated(({ letter, times, ...trace }) => `${letter}: ${named(trace)} ${times} times`),
  'trace-of-nothing': other(({ letter, ...trace }) => `${letter}: ${named(trace)}, but no dead letter`),
  'unexpected-event': other(({ letter, type, where }) => `${letter}: ${type} in ${where}`),
  'not-handled': lost(({ letter, status }) => `${letter}: not handled, but ${status}`),
  'job-unfinished': other(
    ({ job, status, counts, total }) => `job ${job} is ${status}, with ${JSON.stringify(counts)} of ${total}`,
  ),
  'click-answered-wrongly': other(({ letter, way, answer }) => `${letter}, ${way}: ${answer}`),
  'kill-without-turn': other(({ count }) => `${count} kills had no turn before everything was handled`),
};

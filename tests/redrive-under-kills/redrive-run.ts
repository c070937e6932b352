import { setTimeout as sleep } from 'node:timers/promises';
import { Standstill } from '@atelier/local-stack';
import { duplicateMails } from '../../tools/demo/conservation.ts';
import { check as ofOrders } from '../harness/checks/orders.ts';
import type { Violation } from '../harness/checks/violation.ts';
import type { Bench } from '../harness/single-platform/bench.ts';
import { stayRed } from '../harness/single-platform/readiness.ts';
import { until } from '../harness/waiting.ts';
import { clickTwice } from './clicks.ts';
import { openLetters, readJob, startJob, statuses, unfinished } from './job.ts';
import { killOnce, turns } from './kills.ts';
import { lettersOf } from './letters.ts';
import { Operator } from './operator.ts';
import { check as redriven } from './redriven.ts';

export interface RedriveWanted {
  readonly letters: number;
  readonly rate: number;
  readonly kills: number;
}

/** What came of giving so many dead letters back. */
export interface RedriveResult {
  readonly letters: number;
  /** Of these, given back by two clicks at once, and by jobs. */
  readonly clicked: number;
  readonly jobs: number;
  /** Who was killed, and how many dead letters had been handled by then. */
  readonly kills: readonly string[];
  readonly handled: number;
  /** E-mails beyond the first of an event, which kills explain. */
  readonly mailsTwice: number;
  readonly makingMs: number;
  readonly redrivingMs: number;
  readonly violations: readonly Violation[];
}

const MOST_CLICKED = 30;

/** Makes dead letters, gives them back while things are killed, and looks whether each was handled once. */
export async function redriveAll(bench: Bench, wanted: RedriveWanted): Promise<RedriveResult> {
  const { platform, random } = bench;
  const operator = new Operator(platform.gateway, 'ada');
  const began = performance.now();
  const letters = await makeLetters(bench, operator, wanted.letters);
  const made = performance.now();
  await platform.mail.inject({ mode: 'up' });
  const some = random.some(Math.min(MOST_CLICKED, Math.floor(letters / 5)), await openLetters(operator));
  const answers = await clickTwice(platform.gateway, some, random);
  await until('what was clicked on is open no more', async () => {
    const open = await openLetters(operator);
    return !some.some((id) => open.includes(id));
  });
  const { jobs, kills } = await runJobs(bench, operator, { ...wanted, letters });
  const redrivingMs = performance.now() - made;
  const { violations, mailsTwice } = await atRest(bench, operator, letters, jobs);
  return {
    letters,
    clicked: some.length,
    jobs: jobs.length,
    kills,
    handled: handledIn(bench)(),
    mailsTwice,
    makingMs: made - began,
    redrivingMs,
    violations: [...unkilled(wanted.kills - kills.length), ...answers, ...violations],
  };
}

const unkilled = (count: number): Violation[] => (count > 0 ? [{ kind: 'kill-without-turn', count }] : []);

/** Settles orders whose e-mails the server refuses for good. Answers how many when all are shown as dead letters. */
async function makeLetters(bench: Bench, operator: Operator, count: number): Promise<number> {
  await bench.platform.mail.inject({ mode: 'refuse', code: 550 });
  const letters = await bench.order(count);
  await bench.advance('dead letters', async () => (await statuses(operator))['open'] ?? 0, letters);
  return letters;
}

/** Jobs until nothing is open, since one has at most 10,000 dead letters; the kills are spread over all that is to be done. */
async function runJobs(bench: Bench, operator: Operator, wanted: RedriveWanted) {
  const jobs: string[] = [];
  const over = new AbortController();
  const killing = killInTurn(bench, wanted, over.signal);
  // It is awaited at the end; what fails before must not end the process.
  killing.catch(() => undefined);
  try {
    for (let open = 1; open > 0; open = (await statuses(operator))['open'] ?? 0) {
      const jobId = await startJob(operator, `job-${jobs.length + 1}-of-${wanted.letters}`, wanted.rate);
      jobs.push(jobId);
      const handled = async () => (await readJob(operator, jobId)).counts['handled'] ?? 0;
      const { total } = await readJob(operator, jobId);
      await bench.advance(`job ${jobId}`, handled, total);
    }
    return { jobs, kills: await killing };
  } finally {
    over.abort();
    await killing.catch(() => undefined);
  }
}

/** Kills at even distances of what was handled, so that each finds the job in the middle of its work. */
async function killInTurn(bench: Bench, { letters, kills }: RedriveWanted, over: AbortSignal) {
  const done: string[] = [];
  const handled = handledIn(bench);
  for (const name of turns(bench.random)) {
    const due = (letters * (done.length + 1)) / (kills + 1);
    while (done.length < kills && handled() < due && !over.aborted) await sleep(20);
    if (done.length === kills || over.aborted) break;
    done.push(`${name} at ${handled()}`);
    bench.history.write('kill', { name, handled: handled() });
    await killOnce(bench.platform, name);
  }
  return done;
}

/** Counts dead letters that were handled, by the log; each event is looked at once. */
function handledIn({ watch }: Bench): () => number {
  let [seen, handled] = [0, 0];
  return () => {
    for (; seen < watch.events.length; seen++) if (watch.events[seen]?.type === 'RedriveHandled') handled++;
    return handled;
  };
}

/** All checks, again for a while as long as one does not hold: the last rows and e-mails are on their way. */
async function atRest(bench: Bench, operator: Operator, letters: number, jobs: readonly string[]) {
  const red = await stayRed(bench.platform);
  for (const standstill = new Standstill(); ; await sleep(500)) {
    const evidence = await bench.evidence();
    const ended = await Promise.all(jobs.map((jobId) => readJob(operator, jobId)));
    const violations = [
      ...red,
      ...ofOrders(evidence),
      ...redriven(await lettersOf(bench, letters)),
      ...ended.flatMap(unfinished),
      ...bench.failures,
    ];
    standstill.look(violations.length);
    if (violations.length === red.length || standstill.verdict)
      return { violations, mailsTwice: duplicateMails(evidence) };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Standstill } from '@atelier/local-stack';
import type { Evidence } from '../harness/evidence/evidence.ts';
import { lasting, until } from '../harness/waiting.ts';
import type { LoggedRecord } from '../harness/log/record-batch.ts';
import type { Bench } from '../harness/single-platform/bench.ts';
import { check } from '../harness/checks/orders.ts';
import { textOf, type Violation } from '../harness/checks/violation.ts';
import type { SinglePlatform } from '../harness/single-platform/single-platform.ts';
import { stayRed } from '../harness/single-platform/readiness.ts';
import type { Outage } from './outages.ts';

/** What came of one outage. */
export interface OutageRow {
  readonly name: string;
  readonly awayMs: number;
  /** Orders that were settled, from its begin until all was well again. */
  readonly settled: number;
  /** Requests that were not answered, or with 503, and repeated. */
  readonly unknown: number;
  readonly deadLetters: number;
  /** Records that were put aside to be tried again. */
  readonly attempts: number;
  /** Everything that did not hold. */
  readonly violations: readonly Violation[];
  /** Milliseconds without any settled order. */
  readonly longestStallMs: number;
  /** From its end until every service is ready. */
  readonly greenMs: number;
  /** From its end until every order that had been acknowledged was settled and had its e-mail. */
  readonly caughtUpMs: number;
}

export interface Suffering {
  readonly ms: number;
  /** Readiness must be red by then; by default nobody minds how long it takes, as long as it comes. */
  readonly noticedWithinMs?: number;
}

/** Takes a dependency away for so long, under load, brings it back, and looks whether everything is still true. */
export async function suffer(bench: Bench, outage: Outage, suffering: Suffering): Promise<OutageRow> {
  const { platform, ledger, load, history } = bench;
  const before = factsOf(bench);
  load.resume();
  await until('orders are settled', () => ledger.settledCount > before.settled + 20, {
    progress: () => ledger.settledCount,
  });
  ledger.resetStall();
  history.write('outage', { name: outage.name });
  const began = performance.now();
  const unnoticed = await away(platform, outage, suffering);
  const ended = performance.now();
  const red = await stayRed(platform);
  const greenMs = performance.now() - ended;
  const stuck = await attempt(() => caughtUp(bench));
  const caughtUpMs = performance.now() - ended;
  const { longestStallMs } = ledger;
  await load.pause();
  const violations = [...unnoticed, ...red, ...stuck, ...(await atRest(bench))];
  const row = {
    name: outage.name,
    awayMs: ended - began,
    ...differences(factsOf(bench), before),
    violations,
    longestStallMs,
    greenMs,
    caughtUpMs,
  };
  history.write('row', { ...row, violations: violations.map(textOf) });
  return row;
}

/** Answers what did not notice. It lasts until all have, and not much longer than it should. */
async function away(
  platform: SinglePlatform,
  outage: Outage,
  { ms, noticedWithinMs }: Suffering,
): Promise<Violation[]> {
  await outage.begin(platform);
  try {
    const noticing = Object.entries(outage.noticedBy).map(([name, expected]) =>
      attempt(() => noticed(platform, name, expected, noticedWithinMs)),
    );
    const [found] = await Promise.all([Promise.all(noticing), lasting(ms)]);
    return found.flat();
  } finally {
    await outage.end(platform);
  }
}

async function noticed(platform: SinglePlatform, name: string, expected: RegExp, withinMs?: number) {
  let last = '';
  const limits = withinMs === undefined ? {} : { standstillMs: withinMs };
  const isRed = async () => {
    const { status, text } = await platform.readiness(name);
    last = `${status} ${text}`;
    return status === 503 && expected.test(text);
  };
  await until(`${name} is red and names ${expected}`, isRed, limits).catch((error: Error) => {
    throw new Error(`${error.message}; it said last: ${last}`);
  });
}

async function caughtUp(bench: Bench): Promise<void> {
  const { ledger } = bench;
  const orders = [...ledger.acknowledged.keys()];
  const settled = () => orders.filter((orderId) => ledger.isSettled(orderId)).length;
  await bench.advance('orders are settled that had been acknowledged', settled, orders.length);
  await bench.advance('they have their e-mails', () => bench.mails, orders.length);
}

/** All checks, again for a while as long as one does not hold: the last e-mails and rows are on their way. */
async function atRest(bench: Bench): Promise<Violation[]> {
  const { ledger } = bench;
  const stuck = await attempt(() =>
    bench.advance('all e-mails are there', () => bench.mails, ledger.acknowledged.size),
  );
  for (const standstill = new Standstill(); ; await sleep(500)) {
    const violations = [...check(undisturbed(await bench.evidence())), ...bench.failures, ...givenUp(bench)];
    standstill.look(violations.length);
    if (violations.length === 0 || standstill.verdict) return [...stuck, ...violations];
  }
}

/** Nobody took a partition over: an e-mail may come twice only where the mail server went away while it was sent. */
function undisturbed(evidence: Evidence): Evidence {
  const partitions = new Set(evidence.assignments.flatMap((each) => each.partitions));
  return { ...evidence, assignments: [{ instance: 'notifications-1', partitions: [...partitions] }] };
}

function givenUp(bench: Bench): Violation[] {
  const { deadLetters, attempts } = factsOf(bench);
  return [
    ...(deadLetters > 0 ? [{ kind: 'records-given-up', count: deadLetters } as const] : []),
    ...(attempts > 0 ? [{ kind: 'records-put-aside', count: attempts } as const] : []),
  ];
}

const factsOf = ({ ledger, watch }: Bench) => ({
  settled: ledger.settledCount,
  unknown: ledger.unknown,
  deadLetters: watch.deadLetters.length,
  attempts: watch.commands.filter(countsAsAttempt).length,
});

/** An attempt that took too long says how busy the machine is, and nothing of an outage: that refuses, or is waited for. */
const countsAsAttempt = ({ topic, headers }: LoggedRecord) =>
  /\.retry\.\d+$/.test(topic) && headers.get('failure-last-class') !== 'TimeoutError';

type Facts = ReturnType<typeof factsOf>;

const differences = (after: Facts, before: Facts): Facts => ({
  settled: after.settled - before.settled,
  unknown: after.unknown - before.unknown,
  deadLetters: after.deadLetters - before.deadLetters,
  attempts: after.attempts - before.attempts,
});

/** What went wrong, if anything did. */
async function attempt(step: () => Promise<unknown>): Promise<Violation[]> {
  try {
    await step();
    return [];
  } catch (error) {
    return [{ kind: 'not-reached', reason: (error as Error).message }];
  }
}

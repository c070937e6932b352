import { FAILURE } from '@atelier/eventing/failures';
import { Standstill, STANDSTILL_MS } from '@atelier/local-stack';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Fault, InjectionFailed } from '../faults/fault.ts';
import { POISON_HEADER } from '../../harness/load/poison.ts';
import type { OrderLoad } from '../../harness/load/order-load.ts';
import { check as liveness, PROGRESS_MS } from '../../harness/checks/liveness.ts';
import { duplicates } from '../../harness/checks/mails.ts';
import type { Gatherer } from './gather.ts';
import type { LogWatch } from '../../harness/evidence/log-watch.ts';
import type { Row } from './row.ts';
import { judgeTransactions } from './transaction-verdict.ts';
import { followedTopics, TransactionWatch } from './transaction-watch.ts';
import { judge, type Verdict, violationsOf } from './verdict.ts';

/** Rounds for each due injection, after which a fault that breaks nothing is given up. */
const MOST_ROUNDS = 5;

export interface RunParts {
  readonly bench: Bench;
  readonly load: OrderLoad;
  readonly watch: LogWatch;
  readonly gatherer: Gatherer;
}

/** Injects faults into a platform under load, and looks after each whether everything is still true. */
export class FaultRun {
  readonly rows: Row[] = [];
  /** E-mails beyond the first of their event, in the whole run. */
  duplicateMails = 0;
  private readonly parts: RunParts;
  private readonly known = new Set<string>();
  /** The platform goes on within this, when nothing is broken. */
  private readonly progressMs: number;

  constructor(parts: RunParts, slack = 1) {
    this.parts = parts;
    this.progressMs = PROGRESS_MS * slack;
  }

  /** One line of the table: the fault as often as it is due, then recovery, rest, and all checks. */
  async row(fault: Fault, times: number): Promise<Row> {
    const { bench, load, watch } = this.parts;
    const { ledger, history } = bench;
    const before = { settled: ledger.settledCount, records: watch.records, unknown: ledger.unknown };
    history.write('fault', { number: fault.number, name: fault.name });
    const { bootstrap } = bench.cluster.stack.kafka;
    const transactions = fault.hanging && (await TransactionWatch.start(bootstrap, followedTopics));
    load.resume();
    const from = Date.now();
    ledger.resetStall();
    const injected = await this.inject(fault, times);
    const lastFaultAt = Date.now();
    const stuck = await this.recovered();
    const to = Date.now();
    const longestStallMs = ledger.longestStallMs;
    const { verdict, restless } = await this.atRest();
    const followed = await judgeTransactions(transactions, { fault, lastFaultAt, history });
    const underLoad = { from, to, settled: ledger.settledAt, broken: bench.broken.all };
    const still = liveness(underLoad, this.progressMs);
    const settled = ledger.settledCount - before.settled;
    const idle = settled > 0 ? [] : ['no order was settled: nothing was shown'];
    const ofRow = [...injected.failures, ...stuck, ...still, ...idle, ...restless, ...followed.violations];
    const ofRun = [...ledger.wrongAnswers, ...bench.cluster.crashes];
    const fresh = this.fresh([...violationsOf(verdict), ...ofRun]);
    const violations = [...ofRow, ...fresh];
    const row: Row = {
      number: fault.number,
      name: fault.name,
      times: injected.times,
      leftOut: fault.kinds?.left ?? [],
      settled,
      records: watch.records - before.records,
      unknown: ledger.unknown - before.unknown,
      ...countsOf(verdict, violations, fresh),
      longestStallMs,
      ...(followed.summary && { hanging: followed.summary }),
      violations,
    };
    this.rows.push(row);
    history.write('row', row);
    return row;
  }

  private async inject(fault: Fault, times: number): Promise<{ times: number; failures: string[] }> {
    const { bench, gatherer } = this.parts;
    const failures: string[] = [];
    let injected = 0;
    const attempt = async (step: () => Promise<number>) => {
      try {
        injected += await step();
      } catch (error) {
        injected += error instanceof InjectionFailed ? error.times : 0;
        failures.push(`not injected, or not healed: ${(error as Error).message}`);
      }
    };
    for (let round = 0; injected < times && failures.length === 0; round++) {
      if (round < times * MOST_ROUNDS) await attempt(() => fault.once(bench));
      else failures.push(`something broke ${injected} times only, and ${times} were due`);
    }
    await attempt(async () => {
      await fault.end?.(bench);
      return 0;
    });
    for (let each = 0; each < injected; each++) gatherer.kills.push(fault.name);
    return { times: injected, failures };
  }

  /** Whatever was acknowledged during the fault is settled after its end, one order soon after the other. */
  private async recovered(): Promise<string[]> {
    const { ledger } = this.parts.bench;
    const waiting = [...ledger.acknowledged.keys()].filter((orderId) => !ledger.isSettled(orderId));
    const left = () => waiting.filter((orderId) => !ledger.isSettled(orderId)).length;
    const standstill = new Standstill({ standstillMs: this.progressMs });
    for (; left() > 0; await sleep(100)) {
      standstill.look(left());
      if (standstill.verdict)
        return [`no progress: ${left()} orders are not settled after the end. ${standstill.verdict}`];
    }
    return [];
  }

  /** Lets everything come to rest, as long as less and less is left to do, and judges; again for some time after that. */
  private async atRest(): Promise<{ verdict: Verdict; restless: string[] }> {
    const { bench, load, gatherer, watch } = this.parts;
    const paused = await Promise.race([load.pause().then(() => true), sleep(STANDSTILL_MS, false)]);
    const restless = paused ? [] : [`clients still have no answer ${STANDSTILL_MS / 1_000} s after the end`];
    let least = Infinity;
    for (const standstill = new Standstill(); ; await sleep(1_000)) {
      try {
        const left = bench.ledger.open + (await gatherer.lag());
        standstill.look((least = Math.min(least, left)));
        const tired = standstill.verdict !== undefined;
        if (!tired && left > 0) continue;
        const evidence = await gatherer.evidence();
        const verdict = judge(evidence, givenUpIn(watch), watch.reader.oddities());
        this.duplicateMails = duplicates(evidence);
        const violations = violationsOf(verdict);
        if (tired || violations.length === 0) return { verdict, restless };
        bench.history.write('not yet', { violations: violations.slice(0, 20) });
      } catch (error) {
        standstill.look(least);
        if (standstill.verdict) throw error;
      }
    }
  }

  /** What was found before belongs to an earlier row. */
  private fresh(violations: readonly string[]): string[] {
    const found = violations.filter((violation) => !this.known.has(violation));
    for (const violation of found) this.known.add(violation);
    return found;
  }
}

function countsOf({ lost, duplicated }: Verdict, all: readonly string[], fresh: readonly string[]) {
  const isFresh = new Set(fresh);
  const counts = {
    lost: lost.filter((violation) => isFresh.has(violation)).length,
    duplicated: duplicated.filter((violation) => isFresh.has(violation)).length,
  };
  return { ...counts, wrong: all.length - counts.lost - counts.duplicated };
}

function givenUpIn(watch: LogWatch) {
  return {
    poison: watch.commands.filter(({ headers }) => headers.has(POISON_HEADER)),
    deadLetters: watch.deadLetters.map(({ headers }) => ({
      topic: headers.get(FAILURE.topic) ?? '',
      partition: Number(headers.get(FAILURE.partition)),
      offset: BigInt(headers.get(FAILURE.offset) ?? -1),
    })),
  };
}

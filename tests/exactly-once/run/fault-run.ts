import { FAILURE } from '@atelier/eventing/failures';
import { Standstill, STANDSTILL_MS } from '@atelier/local-stack';
import { setTimeout as sleep } from 'node:timers/promises';
import { duplicateMails } from '../../../tools/demo/conservation.ts';
import { check as liveness, PROGRESS_MS } from '../../harness/checks/liveness.ts';
import { textOf, type Violation } from '../../harness/checks/violation.ts';
import type { LogWatch } from '../../harness/evidence/log-watch.ts';
import type { OrderLoad } from '../../harness/load/order-load.ts';
import { POISON_HEADER } from '../../harness/load/poison.ts';
import { within } from '../../harness/waiting.ts';
import { type Bench, type Fault, InjectionFailed } from '../faults/fault.ts';
import type { Gatherer } from './gather.ts';
import type { Row } from './row.ts';
import { judgeTransactions } from './transaction-verdict.ts';
import { followedTopics, TransactionWatch } from './transaction-watch.ts';
import { judge } from './verdict.ts';

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
    const { found, restless } = await this.atRest();
    const followed = await judgeTransactions(transactions, { fault, lastFaultAt, history });
    const underLoad = { from, to, settled: ledger.settledAt, broken: bench.broken.all };
    const still = liveness(underLoad, this.progressMs);
    const settled = ledger.settledCount - before.settled;
    const idle: Violation[] = settled > 0 ? [] : [{ kind: 'nothing-settled' }];
    const findings = fault.findings?.();
    const ofFault = [...injected.failures, ...(findings?.violations ?? [])];
    const ofRow = [...ofFault, ...stuck, ...still, ...idle, ...restless, ...followed.violations];
    const ofRun = [
      ...ledger.wrongAnswers.map((answer) => ({ kind: 'answered-wrongly', answer }) as const),
      ...bench.cluster.crashes.map((crash) => ({ kind: 'service-crashed', crash }) as const),
    ];
    const row: Row = {
      number: fault.number,
      name: fault.name,
      times: injected.times,
      leftOut: fault.kinds?.left ?? [],
      settled,
      records: watch.records - before.records,
      unknown: ledger.unknown - before.unknown,
      longestStallMs,
      ...(followed.summary && { hanging: followed.summary }),
      ...(findings && { figures: findings.figures }),
      violations: [...ofRow, ...this.fresh([...found, ...ofRun])],
    };
    this.rows.push(row);
    history.write('row', { ...row, violations: row.violations.map(textOf) });
    return row;
  }

  private async inject(fault: Fault, times: number): Promise<{ times: number; failures: Violation[] }> {
    const { bench, gatherer } = this.parts;
    const failures: Violation[] = [];
    let injected = 0;
    const attempt = async (step: () => Promise<number>) => {
      try {
        injected += await step();
      } catch (error) {
        injected += error instanceof InjectionFailed ? error.times : 0;
        failures.push({ kind: 'not-injected', reason: (error as Error).message });
      }
    };
    for (let round = 0; injected < times && failures.length === 0; round++) {
      if (round < times * MOST_ROUNDS) await attempt(() => fault.once(bench));
      else failures.push({ kind: 'broken-too-seldom', times: injected, due: times });
    }
    await attempt(async () => {
      await fault.end?.(bench);
      return 0;
    });
    for (let each = 0; each < injected; each++) gatherer.kills.push(fault.name);
    return { times: injected, failures };
  }

  /** Whatever was acknowledged during the fault is settled after its end, one order soon after the other. */
  private async recovered(): Promise<Violation[]> {
    const { ledger } = this.parts.bench;
    const waiting = [...ledger.acknowledged.keys()].filter((orderId) => !ledger.isSettled(orderId));
    const left = () => waiting.filter((orderId) => !ledger.isSettled(orderId)).length;
    const standstill = new Standstill({ standstillMs: this.progressMs });
    for (; left() > 0; await sleep(100)) {
      standstill.look(left());
      const { verdict } = standstill;
      if (verdict) return [{ kind: 'not-settled', orders: left(), verdict }];
    }
    return [];
  }

  /** Lets everything come to rest, as long as less and less is left to do, and judges; again for some time after that. */
  private async atRest(): Promise<{ found: Violation[]; restless: Violation[] }> {
    const { bench, load, gatherer, watch } = this.parts;
    const paused = await within(
      load.pause().then(() => true),
      STANDSTILL_MS,
    );
    const restless: Violation[] = paused ? [] : [{ kind: 'no-answer-in-time', ms: STANDSTILL_MS }];
    let least = Infinity;
    for (const standstill = new Standstill(); ; await sleep(1_000)) {
      try {
        const left = bench.ledger.open + (await gatherer.lag());
        standstill.look((least = Math.min(least, left)));
        const tired = standstill.verdict !== undefined;
        if (!tired && left > 0) continue;
        const evidence = await gatherer.evidence();
        const found = judge(evidence, givenUpIn(watch), watch.reader.oddities());
        this.duplicateMails = duplicateMails(evidence);
        if (tired || found.length === 0) return { found, restless };
        bench.history.write('not yet', { violations: found.slice(0, 20).map(textOf) });
      } catch (error) {
        standstill.look(least);
        if (standstill.verdict) throw error;
      }
    }
  }

  /** What was found before belongs to an earlier row. */
  private fresh(violations: readonly Violation[]): Violation[] {
    const found = violations.filter((violation) => !this.known.has(textOf(violation)));
    for (const violation of found) this.known.add(textOf(violation));
    return found;
  }
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Fault } from '../faults/fault.ts';
import { POISON_HEADER } from '../faults/poison.ts';
import type { OrderLoad } from '../load/order-load.ts';
import { duplicates } from '../checks/mails.ts';
import type { Gatherer } from './gather.ts';
import type { LogWatch } from './log-watch.ts';
import type { Row } from './row.ts';
import { judge, type Verdict, violationsOf } from './verdict.ts';

/** The broker aborts a transaction after this; the rest is for the platform to notice and to go on. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const PROGRESS_MS = TRANSACTION_TIMEOUT_MS + 20_000;
const REST_MS = 120_000;

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

  constructor(parts: RunParts) {
    this.parts = parts;
  }

  /** One line of the table: the fault as often as it is due, then recovery, rest, and all checks. */
  async row(fault: Fault, times: number): Promise<Row> {
    const { bench, load, watch } = this.parts;
    const { ledger, history } = bench;
    const before = { settled: ledger.settledCount, records: watch.records, unknown: ledger.unknown };
    history.write('fault', { number: fault.number, name: fault.name });
    load.resume();
    ledger.resetStall();
    const injected = await this.inject(fault, times);
    const stuck = await this.recovered();
    const longestStallMs = ledger.longestStallMs;
    const verdict = await this.atRest();
    const row: Row = {
      number: fault.number,
      name: fault.name,
      times: injected.times,
      settled: ledger.settledCount - before.settled,
      records: watch.records - before.records,
      unknown: ledger.unknown - before.unknown,
      ...this.counted(verdict),
      longestStallMs,
      violations: [...injected.failures, ...stuck, ...this.fresh(violationsOf(verdict))],
    };
    this.rows.push(row);
    history.write('row', row);
    return row;
  }

  private async inject(fault: Fault, times: number): Promise<{ times: number; failures: string[] }> {
    const { bench, gatherer } = this.parts;
    let injected = 0;
    try {
      while (injected < times) injected += await fault.once(bench);
      await fault.end?.(bench);
      return { times: injected, failures: [] };
    } catch (error) {
      return { times: injected, failures: [`not injected: ${(error as Error).message}`] };
    } finally {
      for (let each = 0; each < injected; each++) gatherer.kills.push(fault.name);
    }
  }

  /** Whatever was acknowledged during the fault is settled soon after its end. */
  private async recovered(): Promise<string[]> {
    const { ledger } = this.parts.bench;
    const waiting = [...ledger.acknowledged.keys()].filter((orderId) => !ledger.isSettled(orderId));
    const left = () => waiting.filter((orderId) => !ledger.isSettled(orderId));
    for (const deadline = Date.now() + PROGRESS_MS; left().length > 0; await sleep(100)) {
      if (Date.now() > deadline)
        return [
          `no progress: ${left().length} orders are not settled ${PROGRESS_MS / 1_000} s after the end`,
        ];
    }
    return [];
  }

  /** Lets everything come to rest, and judges; again for some time while something is still on its way. */
  private async atRest(): Promise<Verdict> {
    const { bench, load, gatherer, watch } = this.parts;
    await load.pause();
    for (const deadline = Date.now() + REST_MS; ; await sleep(1_000)) {
      try {
        const tired = Date.now() > deadline;
        if (!tired && (bench.ledger.open > 0 || (await gatherer.lag()) > 0)) continue;
        const evidence = await gatherer.evidence();
        const verdict = judge(evidence, givenUpIn(watch), watch.reader.oddities());
        this.duplicateMails = duplicates(evidence);
        if (tired || violationsOf(verdict).length === 0) return verdict;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  private counted({ lost, duplicated }: Verdict) {
    return { lost: this.countFresh(lost), duplicated: this.countFresh(duplicated) };
  }

  private countFresh = (violations: readonly string[]) =>
    violations.filter((violation) => !this.known.has(violation)).length;

  /** What was found before belongs to an earlier row. */
  private fresh(violations: readonly string[]): string[] {
    const { wrongAnswers } = this.parts.bench.ledger;
    const found = [...violations, ...wrongAnswers].filter((violation) => !this.known.has(violation));
    for (const violation of found) this.known.add(violation);
    return found;
  }
}

function givenUpIn(watch: LogWatch) {
  const headerOf = (name: string) => `dead-letter-${name}`;
  return {
    poison: watch.commands.filter(({ headers }) => headers.has(POISON_HEADER)),
    deadLetters: watch.deadLetters.map(({ headers }) => ({
      topic: headers.get(headerOf('topic')) ?? '',
      partition: Number(headers.get(headerOf('partition'))),
      offset: BigInt(headers.get(headerOf('offset')) ?? -1),
    })),
  };
}

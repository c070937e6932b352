import { KafkaClient } from '@atelier/eventing/kafka';
import type { Family } from '@atelier/local-stack';
import { Random } from '../../../tools/random.ts';
import { check as enough } from '../../harness/checks/enough.ts';
import { check as readAgain } from '../../harness/checks/read-again.ts';
import type { Violation } from '../../harness/checks/violation.ts';
import { LogWatch } from '../../harness/evidence/log-watch.ts';
import type { History } from '../../harness/load/history.ts';
import { Ledger } from '../../harness/load/ledger.ts';
import { OrderLoad } from '../../harness/load/order-load.ts';
import { plenty } from '../../harness/load/planned-order.ts';
import { Poison } from '../../harness/load/poison.ts';
import type { ProgressLine } from '../../harness/progress-line.ts';
import { until } from '../../harness/waiting.ts';
import type { ClusterKind } from '../cluster/cluster-kind.ts';
import { FaultCluster } from '../cluster/fault-cluster.ts';
import { BrokenTimes } from '../faults/broken-times.ts';
import type { Bench, Fault } from '../faults/fault.ts';
import type { Options } from '../options.ts';
import { CommittedReader } from './committed-reader.ts';
import { FaultRun, type RunParts } from './fault-run.ts';
import { Gatherer, readTopics } from './gather.ts';
import type { Row } from './row.ts';

const STOCK = 1_000_000;

export interface ClusterRun {
  readonly kind: ClusterKind;
  /** Its rows, each with the times that it is due. */
  readonly due: readonly (readonly [Fault, number])[];
  readonly directory: string;
  readonly family: Family;
  /** Where the release is that the services are started from; this one unless given. */
  readonly root?: string;
}

export interface ClusterResult {
  readonly rows: readonly Row[];
  readonly duplicateMails: number;
  /** What is wrong with the run on this cluster as a whole. */
  readonly failures: readonly Violation[];
}

/** Starts one cluster in this family, breaks it as is due, and stops it. */
export async function runOnCluster(
  { kind, due, directory, family, root }: ClusterRun,
  options: Options,
  history: History,
  line: ProgressLine,
): Promise<ClusterResult> {
  history.write('cluster', { ...kind, at: Date.now() });
  line.title = 'starting';
  const wanted = { kind, dataDir: directory, expiry: options.expiry, ...(root !== undefined && { root }) };
  const cluster = await FaultCluster.start(wanted, family, (step) => line.say(step));
  const closers: (() => Promise<void>)[] = [() => cluster.stop()];
  let run: FaultRun | undefined;
  const failures: Violation[] = [];
  try {
    const parts = await assemble(options, cluster, history, closers);
    run = new FaultRun(parts, options.slack);
    line.watch(() => `${parts.bench.ledger.settledCount} settled, ${parts.bench.ledger.open} open`);
    await warmUp(parts, options.atLeast);
    const warm = parts.bench.ledger.settledCount;
    for (const [fault, times] of due) {
      line.title = `fault ${fault.number}: ${fault.name}`;
      const row = await run.row(fault, times);
      line.say(`${row.number} ${row.name}: ${row.times} times, ${row.violations.length} violations`);
    }
    const aborted = due.some(([{ number }]) => number === 1 || number === 3) ? 1 : 0;
    const least = { settled: warm + options.atLeast, kills: 1, repeated: 1, aborted };
    line.title = 'reading the log again';
    const evidence = await parts.gatherer.evidence();
    failures.push(...enough(evidence, least), ...readAgain(evidence, await parts.gatherer.logsAgain()));
  } catch (error) {
    failures.push({ kind: 'broke-off', reason: String((error as Error).stack) });
  } finally {
    line.pause();
    for (const close of closers.reverse()) await close().catch(() => undefined);
  }
  return { rows: run?.rows ?? [], duplicateMails: run?.duplicateMails ?? 0, failures };
}

async function assemble(
  { seed, inFlight }: Options,
  cluster: FaultCluster,
  history: History,
  closers: (() => Promise<void>)[],
): Promise<RunParts> {
  const { bootstrap } = cluster.stack.kafka;
  const brokers = new KafkaClient({ brokers: bootstrap.split(','), clientId: 'faults' });
  const [random, ledger, poison] = [new Random(seed), new Ledger(), new Poison(bootstrap)];
  closers.push(
    () => brokers.close(),
    () => poison.close(),
  );
  const relayed = cluster.relays.inFrontOf(cluster.stack).kafka.bootstrap;
  const readers = [new CommittedReader('direct', bootstrap), new CommittedReader('relayed', relayed)];
  for (const reader of readers) {
    closers.push(() => reader.stop());
    await reader.start(readTopics);
  }
  const watch = new LogWatch(bootstrap, cluster.stack.registryUrl, ledger, poison);
  closers.push(() => watch.stop());
  await cluster.stock(STOCK, plenty);
  const load = new OrderLoad(
    { gateways: cluster.gateways, run: `seed-${seed}`, inFlight },
    new Random(seed + 1),
    ledger,
    history,
  );
  closers.push(() => load.stop());
  const broken = new BrokenTimes();
  const { events } = watch;
  const bench: Bench = { cluster, ledger, random, history, events, brokers, poison, broken, load };
  return { bench, load, watch, gatherer: new Gatherer(cluster, watch, ledger, readers) };
}

/** Not the fault's fault: the first orders compile everything, and register it with the coordinators. */
async function warmUp({ load, bench: { ledger } }: RunParts, orders: number): Promise<void> {
  load.resume();
  await until(`the first ${orders} orders are settled`, () => ledger.settledCount >= orders, {
    progress: () => ledger.settledCount,
  });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupSpec } from '../domain/index.ts';
import type { ConsumerStatus, GroupConsumer } from '../engine/group-consumer.ts';
import { CommitCycles } from '../engine/commits/commit-cycles.ts';
import type { GroupProcess } from '../engine/guarantee.ts';
import type { Outages } from '../failures/outage.ts';
import { DependencyOutages } from '../failures/outages.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { consumerOf } from '../nest/consumer-of.ts';
import type { EventingOptions } from '../nest/eventing-options.ts';
import { type FoundHandler, handlerIn } from '../nest/handler-discovery.ts';
import type { Plan } from '../nest/plan.ts';
import { Plans } from '../nest/plans.ts';
import type { ReadModelDatabase } from '../nest/read-model-database.ts';
import { type AnyDatabase, storedPosition } from '../postgres/positions-table.ts';
import { EVENTING_SCHEMA } from '../postgres/tables.ts';
import { type Declaration, isClassless, isDecider, specOf } from './declaration.ts';
import type { GroupHost, HostProcess, RunningGroup } from './group-host.ts';
import { Watched } from './watched-processor.ts';

export interface RunOptions {
  readonly broker: GroupHost;
  /** Of a projection: where its rows and positions are. */
  readonly database?: AnyDatabase;
  /** What the catalogue says of the group beside its kind and topics. */
  readonly spec?: Pick<GroupSpec, 'retries' | 'parks'>;
  /** What the service says beside. A `stateDir` is the caller's, and kept: whoever starts with it again goes on from there. */
  readonly options?: Partial<EventingOptions>;
  /** What is known about dependencies that are down, shared with other groups; its own unless given. */
  readonly outages?: Outages;
  /** What operators have decided about records that are no events. */
  readonly ignored?: IgnoredRecords;
}

export interface GroupUnderTest {
  readonly group: string;
  /** What the group has logged. */
  readonly logged: readonly string[];
  readonly status: ConsumerStatus;
  /** Stops it. The last one on a broker throws when a fault that was asked for has never struck (`SpecFaults.unstruck`). */
  stop(): Promise<void>;
  /**
   * Ends it as the end of its process would: no batch is finished, no transaction ended, no group left. In memory only; what it
   * does with a database goes on, unless the spec cuts its connections.
   */
  kill(): void;
}

/** What a service would make of a group, before it is started. */
export interface PlannedGroup {
  readonly plan: Plan;
  readonly spec: GroupSpec;
  readonly settings: EventingOptions;
  readonly process: HostProcess;
  readonly transactions: CommitCycles;
  /** Removes what it has written to the disk, unless the directory was the caller's. */
  clean(): void;
}

/** Deploys a group, and makes its plan. A plan that is refused leaves nothing behind. */
export async function planGroup(declaration: Declaration, run: RunOptions): Promise<PlannedGroup> {
  const { broker, options = {} } = run;
  await broker.codec.ready();
  const { service = 'spec' } = options;
  const spec: GroupSpec = { ...specOf(declaration), service, ...run.spec };
  await broker.deploy(spec);
  const process = broker.process();
  const stateDir =
    options.stateDir ?? mkdtempSync(join(tmpdir(), `atelier-group-${encodeURIComponent(spec.group)}-`));
  const clean = () => {
    if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const settings = settingsOf(declaration, spec, run, stateDir, process);
    const transactions = transactionsOf(spec.group, settings, process);
    const plan = planOf(declaration, settings, run, { cluster: process.cluster, transactions });
    return { plan, spec, settings, process, transactions, clean };
  } catch (refusal) {
    clean();
    throw refusal;
  }
}

/**
 * Runs one group, of a handler of any kind (a decider, an object of a decorated class) or of none (redrives, delays), on a broker in
 * memory or any other: by the same plan that a service makes of it. Resolves when it was started. Several of one group
 * share its partitions.
 */
export async function runGroup(declaration: Declaration, run: RunOptions): Promise<GroupUnderTest> {
  const { broker, outages = new DependencyOutages(run.broker.cluster.clock) } = run;
  const { plan, spec, settings, process, transactions, clean } = await planGroup(declaration, run);
  const watched = new Watched();
  const processor: Plan['processor'] = (...at) => watched.watch(plan.processor(...at));
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const log = { info: write, warn: write, error: write };
  const consumer = consumerOf({ ...plan, processor }, process.cluster, { ...settings, log, outages });
  consumer.start();
  const running = runningGroup(spec, consumer, watched, run);
  broker.joined(running);
  let killed = false;
  return {
    group: spec.group,
    logged,
    get status() {
      return consumer.status;
    },
    kill: () => {
      process.kill();
      killed = true;
      broker.left(running);
    },
    stop: async () => {
      broker.left(running);
      // Who was killed cannot leave its group.
      const stopped = consumer.stop().catch((error: Error) => {
        if (!killed) throw error;
      });
      process.bury();
      await broker.run(stopped);
      if (!killed) await broker.run(transactions.close());
      clean();
      broker.ended(running);
    },
  };
}

let instances = 0;

/** Each group of a spec has processes of its own, whatever service it is of: see `SpecBroker.idsOf`. */
const transactionsOf = (
  group: string,
  { service, instance, failpoint }: EventingOptions,
  { cluster }: HostProcess,
) =>
  new CommitCycles(cluster, {
    service: `${service}.${group}`,
    instance,
    groups: [group],
    ...(failpoint && { failpoint }),
  });

function settingsOf(
  declaration: Declaration,
  spec: GroupSpec,
  { broker, options = {} }: RunOptions,
  stateDir: string,
  process: HostProcess,
): EventingOptions {
  const { failpoint = async () => undefined } = options;
  return {
    service: 'spec',
    instance: `spec-${spec.group}-${++instances}`,
    kafka: { brokers: [] },
    registryUrl: '',
    contracts: broker.contracts,
    catalogue: broker.catalogueWith(spec),
    deciders: isDecider(declaration) ? [declaration] : [],
    ...(isClassless(declaration) && declaration),
    stateDir,
    ...options,
    failpoint: process.mortal(failpoint),
  };
}

function planOf(
  declaration: Declaration,
  settings: EventingOptions,
  { broker: { codec }, database, ignored = new IgnoredRecords(undefined, () => undefined) }: RunOptions,
  process: GroupProcess,
): Plan {
  const found = isDecider(declaration) || isClassless(declaration) ? [] : [handlerIn(declaration)];
  const plans = new Plans(settings, { find: () => found } as never, readModelOf(database), ignored);
  const [plan] = plans.make({ ...process, codec, performance: performing(found) });
  if (!plan) throw new Error('This has no plan');
  return plan;
}

function runningGroup(
  spec: GroupSpec,
  consumer: GroupConsumer,
  watched: Watched,
  { broker: { cluster }, database, options = {} }: RunOptions,
): RunningGroup {
  const { databaseSchema: schema = EVENTING_SCHEMA } = options;
  const workers = () => [...consumer.status.workers.values()];
  return {
    spec,
    stopped: () => workers().find(({ state, reason }) => state === 'stopped' && reason)?.reason,
    busy: () => watched.busy,
    waits: () => workers().flatMap(({ reason }) => reason ?? []),
    position: async (topic, partition) =>
      spec.kind === 'projection' && database
        ? storedPosition(database, { schema, projection: spec.group, topic, partition })
        : (await cluster.log.position(spec.group, topic, partition)).offset,
  };
}

const performing =
  ([handler]: readonly FoundHandler[]) =>
  (_group: string, type: string) =>
  async (...attempt: readonly unknown[]) =>
    void (await handler?.call(type, ...attempt));

function readModelOf(database: AnyDatabase | undefined): ReadModelDatabase {
  return {
    get database() {
      if (database) return database;
      throw new Error('A projection needs a database: give runGroup one');
    },
  } as ReadModelDatabase;
}

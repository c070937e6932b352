import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyDecider, GroupSpec } from '../domain/index.ts';
import { DependencyOutages } from '../failures/outages.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { consumerOf } from '../nest/consumer-of.ts';
import type { EventingOptions } from '../nest/eventing-options.ts';
import { type FoundHandler, handlerIn } from '../nest/handler-discovery.ts';
import { Plans } from '../nest/plans.ts';
import type { ReadModelDatabase } from '../nest/read-model-database.ts';
import { type AnyDatabase, storedPosition } from '../postgres/positions-table.ts';
import { EVENTING_SCHEMA } from '../postgres/tables.ts';
import type { RunningGroup, SpecBroker } from './spec-broker.ts';

export interface RunOptions {
  readonly broker: SpecBroker;
  /** Of a projection: where its rows and positions are. */
  readonly database?: AnyDatabase;
  /** What the catalogue says of the group beside its kind and topics. */
  readonly spec?: Pick<GroupSpec, 'retries' | 'parks'>;
  /** What the service says beside. */
  readonly options?: Partial<EventingOptions>;
}

export interface GroupUnderTest {
  readonly group: string;
  /** What the group has logged. */
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

/**
 * Runs one handler of any kind, a decider or an object of a decorated class, as a consumer group on a broker in memory: by the
 * same plan that a service makes of it. Resolves when it was started.
 */
export async function runGroup(
  handler: AnyDecider | object,
  { broker, database, spec: more = {}, options = {} }: RunOptions,
): Promise<GroupUnderTest> {
  const { codec, cluster } = broker;
  await codec.ready();
  const { service = 'spec' } = options;
  const spec = { ...specOf(handler), service, ...more };
  broker.deploy(spec);
  const stateDir = mkdtempSync(join(tmpdir(), 'atelier-group-'));
  const found = isDecider(handler) ? [] : [handlerIn(handler)];
  const all: EventingOptions = {
    service,
    instance: `spec-${spec.group}`,
    kafka: { brokers: [] },
    registryUrl: '',
    contracts: broker.contracts,
    catalogue: broker.catalogueWith([spec]),
    deciders: isDecider(handler) ? [handler] : [],
    stateDir,
    ...options,
  };
  const nothingIgnored = new IgnoredRecords(undefined, () => undefined);
  const plans = new Plans(all, { find: () => found } as never, readModelOf(database), nothingIgnored);
  const [plan] = plans.make({ cluster, codec, performance: performing(found) });
  if (!plan) throw new Error(`${spec.group} has no plan`);
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const log = { info: write, warn: write, error: write };
  const consumer = consumerOf(plan, cluster, { ...all, log, outages: new DependencyOutages(cluster.clock) });
  consumer.start();
  const running: RunningGroup = {
    spec,
    stopped: () =>
      [...consumer.status.workers.values()].find(({ state, reason }) => state === 'stopped' && reason)
        ?.reason,
    position: async (topic, partition) =>
      spec.kind === 'projection' && database
        ? storedPosition(database, {
            schema: all.databaseSchema ?? EVENTING_SCHEMA,
            projection: spec.group,
            topic,
            partition,
          })
        : (cluster.broker.group(spec.group).position({ topic, partition })?.offset ?? -1n),
  };
  broker.joined(running);
  return {
    group: spec.group,
    logged,
    stop: async () => {
      broker.left(running);
      await broker.run(consumer.stop());
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

const isDecider = (handler: AnyDecider | object): handler is AnyDecider => 'decide' in handler;

function specOf(handler: AnyDecider | object): GroupSpec {
  if (isDecider(handler)) return { group: handler.group, kind: 'decider', topics: [handler.commands.topic] };
  const { facts, types } = handlerIn(handler);
  const topics = [...new Set(types.map(({ topic }) => topic))];
  if (facts.kind === 'projection')
    return {
      ...parking(facts),
      group: `projections.${facts.name}.v${facts.version}`,
      kind: 'projection',
      topics,
    };
  if (facts.kind === 'policy') return { ...parking(facts), group: facts.group, kind: 'policy', topics };
  const { retry, ordering } = 'retry' in facts || 'ordering' in facts ? facts : {};
  const retries = retry?.delays?.length ?? 0;
  return { group: facts.group, kind: 'effect', topics, retries, parks: ordering === 'key' };
}

/** As the catalogue would have it. */
const parking = ({ ordering = 'key' }: { readonly ordering?: 'key' | 'none' }) => ({
  parks: ordering === 'key',
});

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

import type { TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { join } from 'node:path';
import { type AnyDecider, type GroupSpec, serviceOf, sideLanes, topicOf } from '../domain/index.ts';
import { DivertingHandler } from '../engine/groups/diverting-handler.ts';
import { type FailurePlan, pure } from '../failures/failure-plan.ts';
import { FailureReporter } from '../failures/reporter.ts';
import { DeciderHandler } from '../engine/groups/decider-handler.ts';
import { EffectHandler, type Performance } from '../engine/groups/effect-handler.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import { PolicyHandler, type Reaction } from '../engine/groups/policy-handler.ts';
import type { RecordHandler } from '../failures/record-handler.ts';
import { RedriveHandler } from '../engine/groups/redrive-handler.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { type Guarantee, processorFor } from '../engine/guarantee.ts';
import type { Handler } from '../engine/transactional-processor.ts';
import { ProjectionProcessor } from '../postgres/projection-processor.ts';
import type { Projector } from '../postgres/projected-records.ts';
import { DeciderState } from '../state/decider-state.ts';
import { refuseUnkept } from '../state/kept-state.ts';
import { PerformedIndex } from '../state/performed-index.ts';
import { ReadModelDatabase } from './read-model-database.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { byType, type FoundHandler, HandlerDiscovery } from './handler-discovery.ts';
import { asInCatalogue, groupSpec, reading, redriveTargets } from './group-spec.ts';
import { refuseOtherGroups, refuseOtherWriters, refuseUnprojected } from './boot-checks.ts';
import { delaying } from './delaying.ts';
import { describeFailures, effectFailures, pureFailures } from './failure-plans.ts';
import type { EffectOptions, PolicyOptions, ProjectionOptions } from './handlers.ts';
import type { Plan, PlanParts } from './plan.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes one plan for each consumer group of the service, and refuses what the contracts or the catalogue do not have. */
@Injectable()
export class Plans {
  private readonly options: EventingOptions;
  private readonly discovery: HandlerDiscovery;
  private readonly readModel: ReadModelDatabase;
  private readonly ignored: IgnoredRecords;
  private readonly logger = new Logger('Eventing');

  constructor(
    @Inject(EVENTING_OPTIONS) options: EventingOptions,
    discovery: HandlerDiscovery,
    readModel: ReadModelDatabase,
    ignored: IgnoredRecords,
  ) {
    this.ignored = ignored;
    this.options = options;
    this.discovery = discovery;
    this.readModel = readModel;
  }

  make(parts: PlanParts): Plan[] {
    const { catalogue, service, delays } = this.options;
    const builder = new RecordBuilder(parts.codec, catalogue, service, delays);
    const deciders = (this.options.deciders ?? []).map((rules) => this.decider(rules, builder, parts));
    const found = this.discovery.find().map((handler) => this.found(handler, builder, parts));
    const own = [...this.delays(builder, parts), ...this.redrives(builder, parts)];
    const plans = [...deciders, ...found, ...own];
    refuseOtherGroups(this.options, plans);
    return plans;
  }

  private decider(rules: AnyDecider, builder: RecordBuilder, parts: PlanParts): Plan {
    const { topic } = rules.commands;
    const stored = this.stateDir(rules.group);
    refuseOtherWriters(this.options.catalogue, rules.group, rules.events.topic);
    refuseUnkept(rules.group, 'an aggregate without events', rules.initial);
    const rememberMs = topicOf(this.options.catalogue, topic).retentionMs;
    return {
      ...this.spec(rules.group, 'decider', [topic]),
      handles: Object.keys(rules.commands.types),
      guarantee: 'exactly-once',
      onFailure: 'dead letter',
      stored,
      processor: this.processing('exactly-once', rules.group, parts, ({ partition }) => {
        const directory = join(stored, partitionKey(topic, partition));
        const kept = { directory, partition, rememberMs, ignored: this.ignored };
        const state = new DeciderState(rules, parts.codec, kept);
        return new DeciderHandler(rules, parts.codec, builder, state, {
          ...this.shared,
          reporter: this.reporter(builder),
          failpoint: this.failpoint,
        });
      }),
    };
  }

  private found(handler: FoundHandler, builder: RecordBuilder, parts: PlanParts): Plan {
    const { facts } = handler;
    if (facts.kind === 'policy') return this.policy(facts, handler, builder, parts);
    if (facts.kind === 'effect') return this.effect(facts, handler, builder, parts);
    return this.projection(facts, handler, builder, parts);
  }

  private policy(
    facts: PolicyOptions,
    handler: FoundHandler,
    builder: RecordBuilder,
    parts: PlanParts,
  ): Plan {
    const { group, guarantee = 'exactly-once' } = facts;
    const declared = pureFailures(facts, this.groupSpec(group));
    // Without transactions a mark and the output that it stands for can be torn apart.
    const failures = guarantee === 'exactly-once' ? declared : { ...declared, ordering: 'none' as const };
    const reactions = byType<Reaction>(
      handler,
      (type) => (event) => handler.call(type, event) as ReturnType<Reaction>,
    );
    return {
      ...reading(this.options, group, 'policy', handler),
      guarantee,
      onFailure: describeFailures(failures),
      processor: this.processing(
        guarantee,
        group,
        parts,
        this.diverting(failures, builder, () => new PolicyHandler(group, reactions, parts.codec, builder)),
      ),
    };
  }

  private effect(
    facts: EffectOptions,
    handler: FoundHandler,
    builder: RecordBuilder,
    parts: PlanParts,
  ): Plan {
    const { group, timeoutMs = 8_000 } = facts;
    const once = facts.guarantee === 'at-most-once';
    const commitAfterMs = once ? 0 : (facts.commitAfterMs ?? 100);
    const performances = byType<Performance>(handler, (type) => parts.performance(group, type));
    const stored = this.stateDir(group);
    const described = reading(this.options, group, 'effect', handler);
    const failures = effectFailures(facts, this.groupSpec(group));
    return {
      ...described,
      guarantee: once ? 'at-most-once' : 'at-least-once outside, once in Kafka',
      onFailure: describeFailures(failures),
      // So that the position which is committed first is that after the one event, and a crash loses no more.
      ...(once && { maxBatch: 1 }),
      stored,
      processor: this.processing(
        once ? 'at-most-once' : 'exactly-once',
        group,
        parts,
        this.diverting(failures, builder, ({ topic, partition }) => {
          const performed = new PerformedIndex(join(stored, partitionKey(topic, partition)), 7 * DAY_MS);
          const plan = { group, timeoutMs, commitAfterMs };
          return new EffectHandler(plan, performances, parts.codec, performed, this.failpoint);
        }),
      ),
    };
  }

  private projection(
    facts: ProjectionOptions,
    handler: FoundHandler,
    builder: RecordBuilder,
    parts: PlanParts,
  ): Plan {
    const group = `projections.${facts.name}.v${facts.version}`;
    const spec = this.groupSpec(group);
    refuseUnprojected(this.options.contracts, spec.topics, handler, facts.skips);
    const failures = pureFailures(facts, spec);
    const projectors = byType<Projector>(
      handler,
      (type) => async (events, rows) => void (await handler.call(type, events, rows)),
    );
    return {
      ...reading(this.options, group, 'projection', handler),
      guarantee: 'exactly-once (position beside the rows)',
      onFailure: describeFailures(failures),
      processor: ({ topic, partition }, member) =>
        new ProjectionProcessor({
          ...this.shared,
          cluster: parts.cluster.apart(`${group}.${partition}`),
          member,
          database: this.readModel.database,
          codec: parts.codec,
          projectors,
          reporter: this.reporter(builder),
          at: { projection: group, topic, partition },
          failpoint: this.failpoint,
          failures,
        }),
    };
  }

  /** Groups that give dead letters back; in the one service that says how. */
  private redrives(builder: RecordBuilder, parts: PlanParts): Plan[] {
    const { redrives: orders } = this.options;
    if (!orders) return [];
    return this.ownGroups('redrive').map(({ group, topics }) => {
      const { codec } = parts;
      const targetOf = redriveTargets(this.options.catalogue);
      return {
        ...this.spec(group, 'redrive', topics),
        handles: orders.types,
        guarantee: 'exactly-once',
        onFailure: 'dead letter',
        processor: this.processing(
          'exactly-once',
          group,
          parts,
          this.diverting(pure(group, 'none'), builder, () => {
            const log = parts.cluster.log.apart(`${group}.letters`);
            return new RedriveHandler(group, orders, { codec, builder, log, targetOf });
          }),
        ),
      };
    });
  }

  private diverting(
    plan: FailurePlan,
    builder: RecordBuilder,
    inner: (assigned: TopicPartition) => RecordHandler,
  ): (assigned: TopicPartition) => Handler {
    return (assigned) => {
      const at = { group: plan.group, topic: assigned.topic, partition: assigned.partition };
      return new DivertingHandler(inner(assigned), {
        ...this.shared,
        at,
        plan,
        lanes: sideLanes(this.groupSpec(plan.group), assigned.topic),
        reporter: this.reporter(builder),
        warn: (text) => this.logger.warn(`${plan.group}: ${text}`),
      });
    };
  }

  private reporter(builder: RecordBuilder): FailureReporter {
    return new FailureReporter(builder, this.options.reports);
  }

  private get shared() {
    const { service, version = 'unknown' } = this.options;
    return { service, version, ignored: this.ignored };
  }

  /** The delay topics of this service's groups. */
  private delays(builder: RecordBuilder, parts: PlanParts): Plan[] {
    return this.ownGroups('delay').map(({ group, topics }) => ({
      ...this.spec(group, 'delay', topics),
      handles: [],
      guarantee: 'exactly-once',
      onFailure: 'dead letter',
      processor: this.processing('exactly-once', group, parts, this.delaying(group, topics, builder, parts)),
    }));
  }

  private delaying(group: string, topics: readonly string[], builder: RecordBuilder, { cluster }: PlanParts) {
    return delaying(
      { ...this.shared, group, reporter: this.reporter(builder) },
      topics,
      this.options,
      cluster.log,
    );
  }

  /** Those that no class declares. */
  private ownGroups(wanted: GroupSpec['kind']): readonly GroupSpec[] {
    const { catalogue, service } = this.options;
    return catalogue.groups.filter((spec) => spec.kind === wanted && serviceOf(spec) === service);
  }

  private processing(
    guarantee: Guarantee,
    group: string,
    { cluster }: PlanParts,
    handler: (assigned: TopicPartition) => Handler,
  ): Plan['processor'] {
    return (assigned, member) => {
      const own = cluster.apart(`${group}.${assigned.topic}.${assigned.partition}`);
      return processorFor(guarantee, own, member, handler(assigned), {
        group,
        ...assigned,
        instanceId: this.options.instance,
        failpoint: this.failpoint,
        lost: ({ message }) => this.logger.error(`${group}: ${message}`),
        torn: (message) => this.logger.error(message),
      });
    };
  }

  private spec(group: string, kind: GroupSpec['kind'], topics: readonly string[]) {
    return asInCatalogue(this.options.catalogue, group, kind, topics);
  }

  private groupSpec(group: string): GroupSpec {
    return groupSpec(this.options.catalogue, group);
  }

  private stateDir(group: string): string {
    if (!this.options.stateDir)
      throw new Error(`${group} needs a directory for its state: give EventingModule a stateDir`);
    return join(this.options.stateDir, group);
  }

  private get failpoint() {
    return this.options.failpoint ?? (async () => undefined);
  }
}

import { Logger } from '@nestjs/common';
import { join } from 'node:path';
import {
  ConfigurationError,
  type GroupSpec,
  loggedFields,
  serviceOf,
  sideLanes,
} from '../../domain/index.ts';
import type { Failpoint } from '../../engine/failpoints.ts';
import { DivertingHandler } from '../../engine/groups/diverting-handler.ts';
import { type Guarantee, processorFor } from '../../engine/guarantee.ts';
import type { Handler } from '../../engine/handler.ts';
import type { FailurePlan } from '../../failures/failure-plan.ts';
import type { RecordHandler } from '../../failures/record-handler.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import type { IgnoredRecords } from '../../ignored/ignored-records.ts';
import type { TopicPartition } from '../../log/log.ts';
import { RecordBuilder } from '../../serde/record-builder.ts';
import { UnknownRecords } from '../../serde/unknown-records.ts';
import type { EventingOptions } from '../eventing-options.ts';
import { groupSpec } from '../group-spec.ts';
import type { Plan, PlanParts } from '../plan.ts';
import type { ReadModelDatabase } from '../read-model-database.ts';

/** What the plans of one service are made with, and what they have in common. */
export class PlanContext {
  readonly options: EventingOptions;
  readonly parts: PlanParts;
  readonly builder: RecordBuilder;
  readonly readModel: ReadModelDatabase;
  private readonly ignored: IgnoredRecords;
  private readonly logger = new Logger('Eventing');

  constructor(
    options: EventingOptions,
    parts: PlanParts,
    { readModel, ignored }: { readonly readModel: ReadModelDatabase; readonly ignored: IgnoredRecords },
  ) {
    const { catalogue, service, delays } = options;
    this.options = options;
    this.parts = parts;
    this.builder = new RecordBuilder(parts.codec, catalogue, service, delays);
    this.readModel = readModel;
    this.ignored = ignored;
  }

  get reporter(): FailureReporter {
    return new FailureReporter(this.builder, this.options.reports);
  }

  /** What every handler is told. */
  get shared() {
    const { service, version = 'unknown' } = this.options;
    const { clock, random } = this.parts.cluster;
    return { service, version, ignored: this.ignored, reporter: this.reporter, clock, random };
  }

  get maxParkedKeys() {
    const { maxKeys } = this.options.parking ?? {};
    return maxKeys === undefined ? {} : { maxParkedKeys: maxKeys };
  }

  get failpoint(): Failpoint {
    return this.options.failpoint ?? (async () => undefined);
  }

  /** For one partition. */
  unknown({ group, unknown }: FailurePlan): UnknownRecords {
    return new UnknownRecords(unknown, (text) => this.logger.warn(`${group}: ${text}`));
  }

  /** The group's entry in the catalogue. */
  specOf(group: string): GroupSpec {
    return groupSpec(this.options.catalogue, group);
  }

  /** Groups of this service that no class declares. */
  ownGroups(wanted: GroupSpec['kind']): readonly GroupSpec[] {
    const { catalogue, service } = this.options;
    return catalogue.groups.filter((spec) => spec.kind === wanted && serviceOf(spec) === service);
  }

  stateDir(group: string): string {
    if (this.options.stateDir) return join(this.options.stateDir, group);
    throw new ConfigurationError(
      'STATE_DIR_MISSING',
      `${group} needs a directory for its state: give EventingModule a stateDir`,
      { fields: { group } },
    );
  }

  processing(
    guarantee: Guarantee,
    group: string,
    handler: (assigned: TopicPartition) => Handler,
  ): Plan['processor'] {
    return (assigned, member) =>
      processorFor(guarantee, this.parts, member, handler(assigned), {
        group,
        ...assigned,
        instanceId: this.options.instance,
        failpoint: this.failpoint,
        lost: (error) => this.logger.error(`${group}: ${error.message}`, ...loggedFields(error)),
        torn: (message) => this.logger.error(message),
      });
  }

  /** A handler whose failures become what the plan for them says. */
  diverting(
    plan: FailurePlan,
    inner: (assigned: TopicPartition) => RecordHandler,
  ): (assigned: TopicPartition) => DivertingHandler {
    const { lookEveryMs } = this.options.parking ?? {};
    return (assigned) =>
      new DivertingHandler(inner(assigned), {
        ...this.shared,
        ...this.maxParkedKeys,
        ...(lookEveryMs !== undefined && { lookEveryMs }),
        at: { group: plan.group, ...assigned },
        plan,
        lanes: sideLanes(this.specOf(plan.group), assigned.topic),
        warn: (text) => this.logger.warn(`${plan.group}: ${text}`),
      });
  }
}

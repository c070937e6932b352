import { Inject, Injectable } from '@nestjs/common';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { refuseOtherGroups } from './boot-checks.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { type FoundHandler, HandlerDiscovery } from './handler-discovery.ts';
import type { Plan, PlanParts } from './plan.ts';
import { deciderPlan } from './plans/decider-plan.ts';
import { delayPlan } from './plans/delay-plan.ts';
import { effectPlan } from './plans/effect-plan.ts';
import { PlanContext } from './plans/plan-context.ts';
import { policyPlan } from './plans/policy-plan.ts';
import { projectionPlan } from './plans/projection-plan.ts';
import { redrivePlan } from './plans/redrive-plan.ts';
import { ReadModelDatabase } from './read-model-database.ts';

/** Makes one plan for each consumer group of the service, and refuses what the contracts or the catalogue do not have. */
@Injectable()
export class Plans {
  private readonly options: EventingOptions;
  private readonly discovery: HandlerDiscovery;
  private readonly readModel: ReadModelDatabase;
  private readonly ignored: IgnoredRecords;

  constructor(
    @Inject(EVENTING_OPTIONS) options: EventingOptions,
    discovery: HandlerDiscovery,
    readModel: ReadModelDatabase,
    ignored: IgnoredRecords,
  ) {
    this.options = options;
    this.discovery = discovery;
    this.readModel = readModel;
    this.ignored = ignored;
  }

  make(parts: PlanParts): Plan[] {
    const { deciders = [], redrives } = this.options;
    const context = new PlanContext(this.options, parts, {
      readModel: this.readModel,
      ignored: this.ignored,
    });
    const plans = [
      ...deciders.map((rules) => deciderPlan(context, rules)),
      ...this.discovery.find().map((handler) => declaredPlan(context, handler)),
      ...context.ownGroups('delay').map((spec) => delayPlan(context, spec)),
      ...(redrives ? context.ownGroups('redrive').map((spec) => redrivePlan(context, redrives, spec)) : []),
    ];
    refuseOtherGroups(this.options, plans);
    return plans;
  }
}

/** Of a handler that a class declares. */
function declaredPlan(context: PlanContext, handler: FoundHandler): Plan {
  const { facts } = handler;
  if (facts.kind === 'policy') return policyPlan(context, facts, handler);
  if (facts.kind === 'effect') return effectPlan(context, facts, handler);
  return projectionPlan(context, facts, handler);
}

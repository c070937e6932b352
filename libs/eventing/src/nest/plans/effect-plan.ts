import { join } from 'node:path';
import { EffectHandler, type Performance } from '../../engine/groups/effect-handler.ts';
import { partitionKey } from '../../log/partitions.ts';
import { PerformedIndex } from '../../state/performed-index.ts';
import { reading } from '../group-spec.ts';
import { byType, type FoundHandler } from '../handler-discovery.ts';
import type { EffectOptions } from '../handlers.ts';
import type { Plan } from '../plan.ts';
import { describeFailures, effectFailures } from './failure-plans.ts';
import type { PlanContext } from './plan-context.ts';

/** For how long an effect remembers what it has performed. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export function effectPlan(context: PlanContext, facts: EffectOptions, handler: FoundHandler): Plan {
  const { group, timeoutMs = 8_000 } = facts;
  const { codec, cluster, performance } = context.parts;
  const once = facts.guarantee === 'at-most-once';
  const commitAfterMs = once ? 0 : (facts.commitAfterMs ?? 100);
  const performances = byType<Performance>(handler, (type) => performance(group, type));
  const stored = context.stateDir(group);
  const described = reading(context.options, group, 'effect', handler);
  const failures = effectFailures(facts, context.specOf(group));
  const effect = context.diverting(failures, ({ topic, partition }) => {
    const performed = new PerformedIndex(join(stored, partitionKey(topic, partition)), WEEK_MS);
    const plan = { group, timeoutMs, commitAfterMs };
    return new EffectHandler(plan, performances, codec, performed, context.failpoint, cluster.clock);
  });
  return {
    ...described,
    guarantee: once ? 'at-most-once' : 'at-least-once outside, once in Kafka',
    onFailure: describeFailures(failures),
    // So that the position which is committed first is that after the one event, and a crash loses no more.
    ...(once && { maxBatch: 1 }),
    stored,
    processor: context.processing(once ? 'at-most-once' : 'exactly-once', group, effect),
  };
}

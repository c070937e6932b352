import { PolicyHandler, type Reaction } from '../../engine/groups/policy-handler.ts';
import { RecordReader } from '../../serde/record-reader.ts';
import { reading } from '../group-spec.ts';
import { byType, type FoundHandler } from '../handler-discovery.ts';
import type { PolicyOptions } from '../handlers.ts';
import type { Plan } from '../plan.ts';
import { describeFailures, pureFailures } from './failure-plans.ts';
import type { PlanContext } from './plan-context.ts';

export function policyPlan(context: PlanContext, facts: PolicyOptions, handler: FoundHandler): Plan {
  const { group, guarantee = 'exactly-once' } = facts;
  const declared = pureFailures(facts, context.specOf(group));
  // Without transactions a mark and the output that it stands for can be torn apart.
  const failures = guarantee === 'exactly-once' ? declared : { ...declared, ordering: 'none' as const };
  const reactions = byType<Reaction>(
    handler,
    (type) => (event) => handler.call(type, event) as ReturnType<Reaction>,
  );
  const { codec, cluster } = context.parts;
  const policy = () => {
    const reader = new RecordReader(codec, (type) => reactions.has(type), context.unknown(failures));
    return new PolicyHandler(group, reactions, reader, context.builder, cluster.clock);
  };
  return {
    ...reading(context.options, group, 'policy', handler),
    guarantee,
    onFailure: describeFailures(failures),
    processor: context.processing(guarantee, group, context.diverting(failures, policy)),
  };
}

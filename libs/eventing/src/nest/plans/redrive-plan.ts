import type { GroupSpec } from '../../domain/index.ts';
import { RedriveHandler, type RedriveOrders } from '../../engine/groups/redrive-handler.ts';
import { pure } from '../../failures/failure-plan.ts';
import { asInCatalogue, redriveTargets } from '../group-spec.ts';
import type { Plan } from '../plan.ts';
import type { PlanContext } from './plan-context.ts';

/** Of a group that gives dead letters back; in the one service that says how. */
export function redrivePlan(context: PlanContext, orders: RedriveOrders, { group, topics }: GroupSpec): Plan {
  const { catalogue } = context.options;
  const { codec, cluster } = context.parts;
  const { builder } = context;
  const targetOf = redriveTargets(catalogue);
  const log = cluster.log.apart('letters');
  const redriver = context.diverting(
    pure(group, 'none'),
    () => new RedriveHandler(group, orders, { codec, builder, log, targetOf }),
  );
  return {
    ...asInCatalogue(catalogue, group, 'redrive', topics),
    handles: orders.types,
    guarantee: 'exactly-once',
    onFailure: 'dead letter',
    processor: context.processing('exactly-once', group, redriver),
  };
}

import type { AnyDatabase } from '../../postgres/positions-table.ts';
import type { Projector } from '../../postgres/projected-records.ts';
import { ProjectionProcessor } from '../../postgres/projection-processor.ts';
import { RowCycles } from '../../postgres/row-cycles.ts';
import { EVENTING_SCHEMA } from '../../postgres/tables.ts';
import { refuseUnprojected } from '../boot-checks.ts';
import { reading } from '../group-spec.ts';
import { byType, type FoundHandler } from '../handler-discovery.ts';
import type { ProjectionOptions } from '../handlers.ts';
import type { Plan } from '../plan.ts';
import { describeFailures, pureFailures } from './failure-plans.ts';
import type { PlanContext } from './plan-context.ts';

export function projectionPlan(context: PlanContext, facts: ProjectionOptions, handler: FoundHandler): Plan {
  const group = `projections.${facts.name}.v${facts.version}`;
  const spec = context.specOf(group);
  const { contracts, databaseSchema: schema = EVENTING_SCHEMA } = context.options;
  const { cluster, transactions, codec } = context.parts;
  refuseUnprojected(contracts, spec.topics, handler, facts.skips);
  const failures = pureFailures(facts, spec);
  const projectors = byType<Projector>(
    handler,
    (type) => async (events, rows) => void (await handler.call(type, events, rows)),
  );
  const { failpoint } = context;
  /** A database is asked for when the first partition comes. */
  let shared: RowCycles | undefined;
  const cyclesOn = (database: AnyDatabase) =>
    (shared ??= new RowCycles({
      clock: cluster.clock,
      database,
      schema,
      projection: group,
      projectors,
      failures,
      failpoint,
    }));
  return {
    ...reading(context.options, group, 'projection', handler),
    guarantee: 'exactly-once (position beside the rows)',
    onFailure: describeFailures(failures),
    processor: ({ topic, partition }, member) => {
      const { database } = context.readModel;
      return new ProjectionProcessor({
        ...context.shared,
        ...context.maxParkedKeys,
        cluster,
        transactions,
        member,
        database,
        cycles: cyclesOn(database),
        codec,
        projectors,
        at: { schema, projection: group, topic, partition },
        failpoint,
        failures,
        unknown: context.unknown(failures),
      });
    },
  };
}

import { join } from 'node:path';
import { ConfigurationError } from '../../domain/index.ts';
import { ConcurrentHandler } from '../../engine/groups/concurrent-handler.ts';
import { EffectHandler, type Performance } from '../../engine/groups/effect-handler.ts';
import { partitionKey } from '../../log/partitions.ts';
import { RecordReader } from '../../serde/record-reader.ts';
import { PerformedIndex } from '../../state/performed-index.ts';
import { reading } from '../group-spec.ts';
import { byType, type FoundHandler } from '../handler-discovery.ts';
import type { EffectOptions, RepeatedEffectOptions } from '../handlers.ts';
import type { Plan } from '../plan.ts';
import { describeFailures, effectFailures } from './failure-plans.ts';
import type { PlanContext } from './plan-context.ts';

/** For how long an effect remembers what it has performed. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** A position has room for what so many keys have done beyond it: see `MOST_DONE_BYTES`. */
const MOST_AT_ONCE = 64;

export function effectPlan(context: PlanContext, facts: EffectOptions, handler: FoundHandler): Plan {
  const { group, timeoutMs = 8_000 } = facts;
  const { codec, cluster, performance } = context.parts;
  const concurrency = concurrencyOf(facts);
  const once = facts.guarantee === 'at-most-once';
  const commitAfterMs = once ? 0 : (facts.commitAfterMs ?? 100);
  const performances = byType<Performance>(handler, (type) => performance(group, type));
  const stored = context.stateDir(group);
  const described = reading(context.options, group, 'effect', handler);
  const failures = effectFailures(facts, context.specOf(group));
  const { clock } = cluster;
  const effect = context.diverting(failures, ({ topic, partition }) => {
    const performed = new PerformedIndex(join(stored, partitionKey(topic, partition)), WEEK_MS);
    const plan = { group, timeoutMs, commitAfterMs };
    const reader = new RecordReader(codec, (type) => performances.has(type), context.unknown(failures));
    return new EffectHandler(plan, performances, reader, performed, context.failpoint, clock);
  });
  const beside = { concurrency, commitAfterMs, clock };
  return {
    ...described,
    guarantee: once ? 'at-most-once' : `at-least-once outside, once in Kafka${atOnce(concurrency)}`,
    onFailure: describeFailures(failures),
    // So that the position which is committed first is that after the one event, and a crash loses no more.
    ...(once && { maxBatch: 1 }),
    stored,
    processor: context.processing(once ? 'at-most-once' : 'exactly-once', group, (assigned) =>
      concurrency === 1 ? effect(assigned) : new ConcurrentHandler(effect(assigned), beside),
    ),
  };
}

const atOnce = (concurrency: number) => (concurrency === 1 ? '' : `, ${concurrency} keys at once`);

function concurrencyOf(facts: EffectOptions): number {
  const { group, guarantee, concurrency = 1 } = facts as RepeatedEffectOptions;
  const refuse = (why: string) =>
    new ConfigurationError('EFFECT_CONCURRENCY', `${group} declares concurrency: ${concurrency}, ${why}`, {
      fields: { group, concurrency },
    });
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE)
    throw refuse(`which has to be an integer from 1 to ${MOST_AT_ONCE}`);
  if (concurrency > 1 && (guarantee as string) === 'at-most-once')
    throw refuse(
      'and is at-most-once: its position is before each event, so there is one at a time. Leave it out',
    );
  return concurrency;
}

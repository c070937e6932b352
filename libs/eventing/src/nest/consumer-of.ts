import { existsSync, readdirSync } from 'node:fs';
import { declaredPartitions } from '../domain/index.ts';
import type { Cluster } from '../engine/ports/cluster.ts';
import { GroupConsumer, type GroupConsumerOptions } from '../engine/group-consumer.ts';
import type { EventingOptions } from './eventing-options.ts';
import type { Plan } from './plan.ts';

/** What the groups of a process share. */
type Shared = Pick<GroupConsumerOptions, 'log' | 'budget' | 'outages'> &
  Pick<EventingOptions, 'catalogue' | 'instance' | 'handlerTimeoutMs'>;

/** Kinds of handlers that keep a time of their own. */
const OWN_TIME: readonly Plan['kind'][] = ['effect', 'delay'];

/** The consumer group of a plan, to be started. */
export function consumerOf(
  { group, kind, topics, maxBatch, stored, processor }: Plan,
  cluster: Cluster,
  { catalogue, instance, handlerTimeoutMs, log, budget, outages }: Shared,
): GroupConsumer {
  const timeoutMs = OWN_TIME.includes(kind) ? Infinity : handlerTimeoutMs;
  return new GroupConsumer(cluster.apart(group), {
    group,
    topics,
    partitions: (topic) => declaredPartitions(catalogue, topic),
    instanceId: instance,
    processor,
    log,
    ...(budget && { budget }),
    ...(outages && { outages }),
    ...(timeoutMs !== undefined && { handlerTimeoutMs: timeoutMs }),
    ...(maxBatch !== undefined && { maxBatch }),
    ...(stored !== undefined && { stored: () => (existsSync(stored) ? readdirSync(stored) : []) }),
  });
}

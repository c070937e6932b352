import type { Log, TopicPartition } from '../../log/log.ts';
import { ConfigurationError, delayTopic, type GroupSpec, topicOf } from '../../domain/index.ts';
import { DelayHandler, type DelayingGroup, type DelayTarget } from '../../engine/groups/delay-handler.ts';
import type { EventingOptions } from '../eventing-options.ts';
import { asInCatalogue } from '../group-spec.ts';
import type { Plan } from '../plan.ts';
import type { PlanContext } from './plan-context.ts';

/** Makes the handlers of a group that delays. Throws a sentence unless it is said by how much. */
export function delaying(
  who: DelayingGroup,
  topics: readonly string[],
  { catalogue, delays = {} }: Pick<EventingOptions, 'catalogue' | 'delays'>,
  log: Pick<Log, 'sizeOf'>,
): (assigned: TopicPartition) => DelayHandler {
  const known = new Map(Object.entries(delays).map(([target, ms]) => [delayTopic(target), { target, ms }]));
  const of = (from: string): DelayTarget => {
    const delay = known.get(from);
    if (!delay)
      throw new ConfigurationError(
        'DELAY_UNKNOWN',
        `${who.group} reads ${from}: give EventingModule the milliseconds of that delay in delays`,
        { fields: { group: who.group, topic: from } },
      );
    const { target: topic, ms: delayMs } = delay;
    return { topic, maxBytes: topicOf(catalogue, topic).maxMessageBytes, delayMs };
  };
  const targets = new Map(topics.map((topic) => [topic, of(topic)]));
  return ({ topic }) => new DelayHandler(targets.get(topic) ?? of(topic), who, log);
}

/** Of a group that lets commands wait. */
export function delayPlan(context: PlanContext, { group, topics }: GroupSpec): Plan {
  const { log } = context.parts.cluster;
  const handlers = delaying({ ...context.shared, group }, topics, context.options, log);
  return {
    ...asInCatalogue(context.options.catalogue, group, 'delay', topics),
    handles: [],
    guarantee: 'exactly-once',
    onFailure: 'dead letter',
    processor: context.processing('exactly-once', group, handlers),
  };
}

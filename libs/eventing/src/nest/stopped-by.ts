import { commandTopics, DECISIONS_TOPIC, sideLanes } from '../domain/index.ts';
import type { TopicDifference } from '../kafka/topics/topic-differences.ts';
import type { EventingOptions } from './eventing-options.ts';
import type { Plan } from './plan.ts';

/**
 * Which differences stop something in a process that runs these plans. What is wrong stops who reads or writes that topic, by the
 * catalogue's word. Records that nobody reads are for that topic's decider to tell: others go on beside them.
 */
export function stoppedBy(
  { catalogue, service, tail = [] }: Pick<EventingOptions, 'catalogue' | 'service' | 'tail'>,
  plans: readonly Pick<Plan, 'group'>[],
): (difference: TopicDifference) => boolean {
  const groups = catalogue.groups.filter(({ group }) => plans.some((plan) => plan.group === group));
  const lanes = groups.flatMap((spec) => spec.topics.flatMap((topic) => [topic, ...sideLanes(spec, topic)]));
  const reads = new Set([DECISIONS_TOPIC, ...tail, ...lanes]);
  // Redrive topics name their writer by its kind.
  const names = new Set([service, ...groups.flatMap(({ group, kind }) => [group, kind])]);
  const commands = new Set(commandTopics({ topics: [], groups }));
  const deciders = new Set(groups.filter(({ kind }) => kind === 'decider').map(({ group }) => group));
  return ({ kind, topic }) => {
    const { writers = [] } = catalogue.topics.find(({ name }) => name === topic) ?? {};
    if (kind === 'wrong') return reads.has(topic) || writers.some((writer) => names.has(writer));
    const decides = writers.length > 0 && writers.every((writer) => deciders.has(writer));
    return kind === 'unread' && (commands.has(topic) || decides);
  };
}

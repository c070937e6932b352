import type { Log, TopicPartition } from '../log/log.ts';
import { delayTopic, topicOf } from '../domain/index.ts';
import { DelayHandler, type DelayingGroup, type DelayTarget } from '../engine/groups/delay-handler.ts';
import type { EventingOptions } from './eventing-options.ts';

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
      throw new Error(
        `${who.group} reads ${from}: give EventingModule the milliseconds of that delay in delays`,
      );
    const { target: topic, ms: delayMs } = delay;
    return { topic, maxBytes: topicOf(catalogue, topic).maxMessageBytes, delayMs };
  };
  const targets = new Map(topics.map((topic) => [topic, of(topic)]));
  return ({ topic }) => new DelayHandler(targets.get(topic) ?? of(topic), who, log);
}

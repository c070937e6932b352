import { delayTopic } from '../domain/index.ts';
import { DelayHandler } from '../handlers/delay-handler.ts';
import type { Delays } from '../handlers/outbox.ts';
import type { AssignedPartition } from '../kafka/wire/group-protocol.ts';

/** Makes the handlers of a group that delays. Throws a sentence unless it is said by how much. */
export function delaying(
  group: string,
  topics: readonly string[],
  delays: Delays = {},
): (assigned: AssignedPartition) => DelayHandler {
  const known = new Map(Object.entries(delays).map(([target, ms]) => [delayTopic(target), { target, ms }]));
  const of = (topic: string) => {
    const delay = known.get(topic);
    if (delay) return delay;
    throw new Error(`${group} reads ${topic}: give EventingModule the milliseconds of that delay in delays`);
  };
  topics.forEach(of);
  return ({ topic }) => {
    const { target, ms } = of(topic);
    return new DelayHandler(target, ms);
  };
}

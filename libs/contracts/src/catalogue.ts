import {
  type Catalogue,
  deadLetterTopic,
  delayTopic,
  type GroupSpec,
  type HandlerKind,
  type TopicSpec,
} from '@atelier/eventing/domain';

const days = 24 * 60 * 60 * 1000;
/** Never change it: a key's partition, and with it every aggregate's history, depends on the count. */
const partitions = 6;
const maxMessageBytes = 1_048_588;
/** Dead letters are copies with headers of their own on top. */
const roomForHeaders = 64 * 1024;

export const groups = [
  group('orders.decider', 'decider', 'orders.commands'),
  group('orders.record-reservation', 'policy', 'inventory.events'),
  group('orders.expire-order', 'policy', 'orders.events'),
  group('orders.delay', 'delay', delayTopic('orders.commands')),
  group('inventory.decider', 'decider', 'inventory.commands'),
  group('inventory.reserve-stock', 'policy', 'orders.events'),
  group('notifications.order-mail', 'effect', 'orders.events'),
  group('projections.orders.v1', 'projection', 'orders.events'),
  group('projections.products.v1', 'projection', 'inventory.events'),
  group('projections.event-log.v1', 'projection', 'orders.events', 'inventory.events'),
] as const satisfies readonly GroupSpec[];

const messageTopics: readonly TopicSpec[] = [
  commands('orders.commands', ['gateway', 'orders.record-reservation', 'orders.delay']),
  commands(delayTopic('orders.commands'), ['orders.expire-order']),
  events('orders.events', ['orders.decider']),
  commands('inventory.commands', ['gateway', 'inventory.reserve-stock']),
  events('inventory.events', ['inventory.decider']),
];

/** Every topic and every consumer group of the platform. */
export const catalogue: Catalogue = { topics: [...messageTopics, ...groups.flatMap(deadLetters)], groups };

function group<const Name extends string>(name: Name, kind: HandlerKind, ...topics: readonly string[]) {
  return { group: name, kind, topics };
}

function commands(name: string, writers: readonly string[]): TopicSpec {
  return { name, partitions, retentionMs: 7 * days, maxMessageBytes, writers };
}

function events(name: string, writers: readonly string[]): TopicSpec {
  return { name, partitions, retentionMs: -1, maxMessageBytes, writers };
}

function deadLetters({ group, topics }: GroupSpec): readonly TopicSpec[] {
  return topics.map((topic) => ({
    name: deadLetterTopic(group, topic),
    partitions,
    retentionMs: -1,
    maxMessageBytes: maxMessageBytes + roomForHeaders,
    writers: [group],
  }));
}

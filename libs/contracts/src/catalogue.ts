import {
  DECISIONS_TOPIC,
  delayTopic,
  type GroupSpec,
  SCHEMAS_TOPIC,
  type TopicSpec,
  withSideTopics,
} from '@atelier/eventing/domain';
import { projectionGroup, projections } from './projections.ts';

const days = 24 * 60 * 60 * 1000;
/** Never change it: a key's partition, and with it every aggregate's history, depends on the count. */
const partitions = 6;
const maxMessageBytes = 1_048_588;

/** Each group is run by the service that its name begins with, unless it names another. */
export const groups = [
  group('orders.decider', 'decider', 'orders.commands'),
  group('orders.record-reservation', 'policy', 'inventory.events'),
  group('orders.expire-order', 'policy', 'orders.events'),
  group('orders.delay', 'delay', delayTopic('orders.commands')),
  group('inventory.decider', 'decider', 'inventory.commands'),
  group('inventory.reserve-stock', 'policy', 'orders.events'),
  { ...group('notifications.order-mail', 'effect', 'orders.events'), retries: 3 },
  group(projectionGroup(projections.orders), 'projection', 'orders.events'),
  group(projectionGroup(projections.products), 'projection', 'inventory.events'),
  group(projectionGroup(projections.eventLog), 'projection', 'orders.events', 'inventory.events'),
  group(projectionGroup(projections.sales), 'projection', 'orders.events'),
  group(projectionGroup(projections.customers), 'projection', 'orders.events'),
  group('dead-letters.decider', 'decider', 'dead-letters.commands'),
  group('dead-letters.redrive', 'redrive', 'dead-letters.events'),
  { ...group('dead-letters.follow-canary', 'policy', 'dead-letters.events'), parks: false },
  { ...group('redrive-jobs.decider', 'decider', 'redrive-jobs.commands'), service: 'dead-letters' },
  {
    ...group('redrive-jobs.run', 'policy', 'redrive-jobs.events'),
    service: 'dead-letters',
    parks: false,
  },
  group('dead-letters.delay', 'delay', delayTopic('redrive-jobs.commands')),
  {
    ...group(
      projectionGroup(projections.deadLetters),
      'projection',
      'dead-letters.events',
      'redrive-jobs.events',
    ),
    parks: false,
  },
  group('transactions.decider', 'decider', 'transactions.commands'),
  group('transactions.end', 'effect', 'transactions.events'),
  group(projectionGroup(projections.transactions), 'projection', 'transactions.events'),
] as const satisfies readonly GroupSpec[];

type Names = { readonly [name in (typeof groups)[number]['group']]: true };
/** Handlers that say another name do not compile. */
declare module '@atelier/eventing/domain' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface is what can be merged
  interface GroupNames extends Names {}
}

const flow: readonly TopicSpec[] = [
  commands('orders.commands', [
    'gateway',
    'orders.record-reservation',
    'orders.delay',
    'dead-letters.redrive',
  ]),
  commands(delayTopic('orders.commands'), ['orders.expire-order']),
  events('orders.events', ['orders.decider']),
  commands('inventory.commands', ['gateway', 'inventory.reserve-stock', 'dead-letters.redrive']),
  events('inventory.events', ['inventory.decider']),
];

/** One partition: they are few, and one order of all that operators decide is worth more than speed. */
const operations: readonly TopicSpec[] = [
  commands('dead-letters.commands', ['gateway', 'redrive-jobs.run', 'every group that gives up on a record']),
  events('dead-letters.events', ['dead-letters.decider']),
  commands('redrive-jobs.commands', ['gateway', 'dead-letters.follow-canary', 'dead-letters.delay']),
  commands(delayTopic('redrive-jobs.commands'), ['redrive-jobs.run']),
  events('redrive-jobs.events', ['redrive-jobs.decider']),
  commands('transactions.commands', ['gateway', 'transactions']),
  events('transactions.events', ['transactions.decider']),
  events(DECISIONS_TOPIC, ['gateway']),
  events(SCHEMAS_TOPIC, ['the deployment step']),
].map((topic) => ({ ...topic, partitions: 1 }));

/** Every topic and every consumer group of the platform. */
export const catalogue = withSideTopics([...flow, ...operations], groups);

function group<const Name extends string>(name: Name, kind: GroupSpec['kind'], ...topics: readonly string[]) {
  return { group: name, kind, topics };
}

function commands(name: string, writers: readonly string[]): TopicSpec {
  return { name, partitions, retentionMs: 7 * days, maxMessageBytes, writers };
}

function events(name: string, writers: readonly string[]): TopicSpec {
  return { name, partitions, retentionMs: -1, maxMessageBytes, writers };
}

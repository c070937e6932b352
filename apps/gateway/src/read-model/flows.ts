import {
  catalogue,
  DeadLettersCommands,
  DeadLettersEvents,
  InventoryCommands,
  InventoryEvents,
  OrdersCommands,
  OrdersEvents,
  RedriveJobsCommands,
  RedriveJobsEvents,
  TransactionsCommands,
  TransactionsEvents,
} from '@atelier/contracts';
import type { GroupName } from '@atelier/eventing/domain';

/** What a command goes through before its events are in the log. */
export interface Flow {
  readonly commands: string;
  readonly decider: GroupName;
  readonly events: string;
}

export const flows = {
  orders: { commands: OrdersCommands.topic, decider: 'orders.decider', events: OrdersEvents.topic },
  inventory: {
    commands: InventoryCommands.topic,
    decider: 'inventory.decider',
    events: InventoryEvents.topic,
  },
  deadLetters: {
    commands: DeadLettersCommands.topic,
    decider: 'dead-letters.decider',
    events: DeadLettersEvents.topic,
  },
  redriveJobs: {
    commands: RedriveJobsCommands.topic,
    decider: 'redrive-jobs.decider',
    events: RedriveJobsEvents.topic,
  },
  transactions: {
    commands: TransactionsCommands.topic,
    decider: 'transactions.decider',
    events: TransactionsEvents.topic,
  },
} as const satisfies Readonly<Record<string, Flow>>;

/** The flow that this topic is one end of. */
export const flowOf = (topic: string): Flow | undefined =>
  Object.values(flows).find(({ commands, events }) => topic === commands || topic === events);

/** The topics whose events are the rows of a projection. */
export const topicsOf = (projection: GroupName): readonly string[] =>
  catalogue.groups.find(({ group }) => group === projection)?.topics ?? [];

export const readsFrom = (projection: GroupName, topic: string) => topicsOf(projection).includes(topic);

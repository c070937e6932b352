import {
  type Catalogue,
  contract,
  deadLetterTopic,
  decider,
  type Message,
  messageType,
} from '../domain/index.ts';
import { scratchName } from './scratch-broker.ts';

type Add = Message<'Add', { id: string; amount: number }>;
type Added = Message<'Added', { id: string; total: number }>;
type AdditionRefused = Message<'AdditionRefused', { id: string }>;

type Field = readonly [name: string, type: unknown];

const fields = (...names: Field[]) => names.map(([name, type]) => ({ name, type }));

/**
 * A counter that adds; 13 is more than it can bear, and below zero it says so that many times. Its command may have more fields,
 * which it does not look at.
 */
export function counters(...more: Field[]) {
  const name = scratchName('counters');
  const topics = { commands: `${name}.commands`, events: `${name}.events` };
  const type = <M extends Message>(type: M['type'], topic: string, ...own: Field[]) =>
    messageType<M>({
      type,
      topic,
      key: 'id',
      versions: [
        {
          type: 'record',
          name: type,
          namespace: name.replaceAll('-', '_'),
          fields: fields(['id', 'string'], ...own),
        },
      ],
    });
  const Add = type<Add>('Add', topics.commands, ['amount', 'int'], ...more);
  const Added = type<Added>('Added', topics.events, ['total', 'int']);
  const AdditionRefused = type<AdditionRefused>('AdditionRefused', topics.events);
  const rules = decider<{ total: number }>()({
    group: `${name}.decider`,
    version: 1,
    commands: contract(topics.commands, { Add }),
    events: contract(topics.events, { Added, AdditionRefused }),
    initial: { total: 0 },
    decide: {
      Add: ({ data: { id, amount } }, { total }) => {
        if (amount === 13) throw new Error('13 is unlucky');
        const times = Math.max(1, -amount);
        return Array.from({ length: times }, () => Added({ id, total: total + amount }));
      },
    },
    evolve: { Added: (_, { data: { total } }) => ({ total }), AdditionRefused: (state) => state },
    refuseReusedKey: ({ data: { id } }) => AdditionRefused({ id }),
  });
  const topic = (name: string) => ({
    name,
    partitions: 2,
    retentionMs: name === topics.events ? -1 : 86_400_000,
    maxMessageBytes: 1_048_588,
    writers: [],
  });
  const catalogue: Catalogue = {
    topics: [topics.commands, topics.events, deadLetterTopic(rules.group, topics.commands)].map(topic),
    groups: [{ group: rules.group, kind: 'decider', topics: [topics.commands] }],
  };
  return { rules, catalogue, Add, Added, AdditionRefused, contracts: [rules.commands, rules.events] };
}

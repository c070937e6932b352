import { type Catalogue, type Contract, delayTopic, type TopicSpec } from '@atelier/eventing/domain';
import { type DocumentedMessage, messagesOf } from './messages.ts';

/** One topic of the catalogue that is no side topic of a group, and the messages that it may hold. */
export interface Channel {
  readonly topic: TopicSpec;
  readonly messages: readonly DocumentedMessage[];
}

/** Side topics hold copies of what is here, and belong to one group each: they are in the operations. */
export function channelsOf(
  { topics, groups }: Catalogue,
  contracts: readonly Contract[],
): readonly Channel[] {
  const isBesides = (name: string) =>
    groups.some(({ group, topics: sources }) =>
      sources.some((source) => name.startsWith(`${group}.${source}.`)),
    );
  return topics
    .filter(({ name }) => !isBesides(name))
    .map((topic) => ({ topic, messages: messagesIn(contracts, topic.name) }));
}

/** A delay topic holds the commands of the topic behind it. */
function messagesIn(contracts: readonly Contract[], topic: string): readonly DocumentedMessage[] {
  const contract = contracts.find((each) => each.topic === topic || delayTopic(each.topic) === topic);
  return contract ? messagesOf(contract) : [];
}

export const channelRef = ({ topic }: Channel) => ({ $ref: `#/channels/${topic.name}` });

export const messageRef = ({ topic }: Channel, name: string) => ({
  $ref: `#/channels/${topic.name}/messages/${name}`,
});

export function channelObject({ topic, messages }: Channel) {
  const { name, partitions, retentionMs, maxMessageBytes, compacted = false } = topic;
  return {
    address: name,
    title: name,
    description: factsOf({ topic, messages }).join(' '),
    messages: Object.fromEntries(
      messages.map((message) => [message.name, { $ref: `#/components/messages/${message.name}` }]),
    ),
    bindings: {
      kafka: {
        topic: name,
        partitions,
        topicConfiguration: {
          'cleanup.policy': [compacted ? 'compact' : 'delete'],
          'retention.ms': retentionMs,
          'max.message.bytes': maxMessageBytes,
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

/** What is to be known of a topic, in sentences. */
export function factsOf({ topic, messages }: Channel): string[] {
  const facts = [`${partitionsText(topic.partitions)}, kept ${keptText(topic)}.`];
  const [first] = messages;
  return [
    ...facts,
    first ? `Key: \`${first.type.key}\`.` : 'JSON of the platform itself: no contract has it.',
  ];
}

const partitionsText = (count: number) => (count === 1 ? 'One partition' : `${count} partitions`);

const DAY_MS = 24 * 60 * 60 * 1000;
const keptText = ({ retentionMs }: TopicSpec) =>
  retentionMs === -1 ? 'for ever' : `${retentionMs / DAY_MS} days`;

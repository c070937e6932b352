import { catalogue, contracts } from '@atelier/contracts';
import { type Channel, channelObject, channelsOf } from './channels.ts';
import { messageComponents, messagesOf, messageTraits } from './messages.ts';
import { operationsOf, type Receiver, receiversOf } from './operations.ts';
import type { ServiceFacts } from './services.ts';

/** What both documents are made of. */
export interface Events {
  readonly channels: readonly Channel[];
  readonly receivers: readonly Receiver[];
}

export const eventsOf = (services: readonly ServiceFacts[]): Events => ({
  channels: channelsOf(catalogue, contracts),
  receivers: receiversOf(catalogue, services),
});

const description = `What the services of Atelier tell each other through Kafka: commands on \`*.commands\`, events on \`*.events\`.

Values are Avro in Confluent's wire format (a zero, the schema's id in four bytes, the data); subjects are
\`<topic>-<record name>\`. Metadata is CloudEvents 1.0 in record headers. A record's partition is murmur2 of its key, modulo the
partitions of the topic. Readers use \`isolation.level=read_committed\`.`;

/** AsyncAPI 3.0.0: the catalogue, the contracts, and what the services say of their handlers. */
export function asyncApiDocument({ channels, receivers }: Events) {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Atelier', version: '1', description },
    defaultContentType: 'application/vnd.apache.avro+binary',
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        variables: { brokers: { description: 'KAFKA_BROKERS of the services' } },
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.topic.name, channelObject(channel)])),
    operations: operationsOf(catalogue, channels, receivers),
    components: { messageTraits, ...messageComponents(contracts.flatMap(messagesOf)) },
  };
}

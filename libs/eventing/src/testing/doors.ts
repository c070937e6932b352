import {
  type Catalogue,
  contract,
  type GroupSpec,
  type Message,
  messageType,
  withSideTopics,
} from '../domain/index.ts';
import { Outbox } from '../handlers/outbox.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { createPositions, createTopics } from '../kafka/topics.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { registerSchemas } from '../serde/register-schemas.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { scratchName } from './scratch-broker.ts';

export type Rung = Message<'Rung', { door: string; times: number }>;
export type Open = Message<'Open', { door: string }>;

/** A platform of one group that reads `Rung` from an events topic, and a commands topic for `Open`, on the run's broker. */
export async function doors(client: KafkaClient, spec: Omit<GroupSpec, 'group' | 'topics'>, partitions = 1) {
  const parts = describeDoors(spec, partitions);
  const registryUrl = process.env['REGISTRY_URL'] ?? '';
  await registerSchemas(registryUrl, parts.contracts, () => 'FULL_TRANSITIVE');
  await createTopics(client, parts.catalogue.topics, { factor: 1, minInSync: 1 });
  await createPositions(client, parts.catalogue);
  const codec = new MessageCodec(new ConfluentRegistry(registryUrl), parts.contracts);
  await codec.ready();
  const outbox = new Outbox(codec, parts.catalogue, 'spec');
  const appender = new LogAppender(client);
  const ring = (door: string, times: number, id: string) =>
    appender.append(outbox.record(parts.Rung({ door, times }), { id, time: 1, correlationId: id }));
  return { ...parts, codec, outbox, appender, ring };
}

function describeDoors(spec: Omit<GroupSpec, 'group' | 'topics'>, partitions: number) {
  const name = scratchName('doors');
  const [events, commands, group] = [`${name}.events`, `${name}.commands`, `${name}.group`];
  const namespace = name.replaceAll('-', '_');
  const door = { name: 'door', type: 'string' };
  const times = { name: 'times', type: 'int' };
  const Rung = messageType<Rung>({
    type: 'Rung',
    topic: events,
    key: 'door',
    versions: [{ type: 'record', name: 'Rung', namespace, fields: [door, times] }],
  });
  const Open = messageType<Open>({
    type: 'Open',
    topic: commands,
    key: 'door',
    versions: [{ type: 'record', name: 'Open', namespace, fields: [door] }],
  });
  const topic = { partitions, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
  const groupSpec: GroupSpec = { ...spec, group, topics: [events] };
  const catalogue: Catalogue = withSideTopics(
    [
      { ...topic, name: events },
      { ...topic, name: commands },
    ],
    [groupSpec],
  );
  const contracts = [contract(events, { Rung }), contract(commands, { Open })];
  return { events, commands, group, groupSpec, Rung, Open, catalogue, contracts };
}

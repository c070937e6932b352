import {
  type Catalogue,
  contract,
  type GroupSpec,
  type Message,
  messageType,
  withSideTopics,
} from '../domain/index.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { createPositions, createTopics } from '../kafka/topics.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { registerSchemas } from '../serde/register-schemas.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { scratchName } from './scratch-broker.ts';

export type Rung = Message<'Rung', { door: string; times: number }>;
export type Open = Message<'Open', { door: string }>;

export type DoorSpec = Omit<GroupSpec, 'group' | 'topics'>;
export type Doors = Awaited<ReturnType<typeof sameDoors>>;

/** A platform of one group that reads `Rung` from an events topic, and a commands topic for `Open`, on the run's broker. */
export async function doors(client: KafkaClient, spec: DoorSpec, partitions = 1) {
  const name = scratchName('doors');
  const { contracts, catalogue } = describeDoors(name, spec, partitions);
  await registerSchemas(registryUrl(), contracts, () => 'FULL_TRANSITIVE');
  await createTopics(client, catalogue.topics, { factor: 1, minInSync: 1 });
  await createPositions(client, catalogue);
  const parts = await sameDoors(name, spec, partitions);
  const appender = new LogAppender(client);
  const ring = (door: string, times: number, id: string) =>
    appender.append(parts.builder.record(parts.Rung({ door, times }), { id, time: 1, correlationId: id }));
  return { ...parts, appender, ring };
}

/** Doors that were made before, maybe by another process. */
export async function sameDoors(name: string, spec: DoorSpec, partitions = 1) {
  const parts = describeDoors(name, spec, partitions);
  const codec = new MessageCodec(new ConfluentRegistry(registryUrl()), parts.contracts);
  await codec.ready();
  return { ...parts, codec, builder: new RecordBuilder(codec, parts.catalogue, 'spec') };
}

const registryUrl = () => process.env['REGISTRY_URL'] ?? '';

function describeDoors(name: string, spec: DoorSpec, partitions: number) {
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
  return { name, events, commands, group, groupSpec, Rung, Open, catalogue, contracts };
}

import { randomUUID } from 'node:crypto';
import { CEILING_MS, type Seen, until as untilSo } from '@atelier/local-stack';
import type { TopicSpec } from '../domain/index.ts';
import { KafkaClient } from '../kafka/client.ts';
import { GroupMember } from '../kafka/group-member.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { createTopics } from '../kafka/topics.ts';

/** The broker that the run's setup started. */
export const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

export const scratchClient = () => new KafkaClient({ brokers, clientId: 'spec' });

/** A name that no other spec uses. */
export const scratchName = (what: string) => `${what}-${randomUUID().slice(0, 8)}`;

export async function scratchTopic(
  client: KafkaClient,
  partitions = 1,
  config: { maxMessageBytes?: number } = {},
): Promise<string> {
  const name = scratchName('scratch');
  await createTopics(client, [{ ...scratchSpec(name), partitions, ...config }], { factor: 1, minInSync: 1 });
  return name;
}

export const scratchSpec = (name: string): TopicSpec => ({
  name,
  partitions: 1,
  retentionMs: -1,
  maxMessageBytes: 1_048_588,
  writers: [],
});

export const record = (topic: string, value: string, partition = 0): OutgoingRecord => ({
  topic,
  partition,
  key: Buffer.from('key'),
  value: Buffer.from(value),
  headers: [],
});

/** A member of a group that has joined and has its partitions. */
export async function joinedMember(
  client: KafkaClient,
  group: string,
  topic: string,
  sessionTimeoutMs = 10_000,
): Promise<GroupMember> {
  const member = new GroupMember(client, {
    group,
    topics: [topic],
    held: () => ({ running: [], stored: [] }),
    assigned: () => undefined,
    report: () => undefined,
    sessionTimeoutMs,
  });
  member.start();
  await until(() => member.joined);
  return member;
}

/** Waits for a condition that comes on a slow machine, too, as long as there is progress; its source is what the failure says. */
export const until = (condition: () => boolean | Promise<boolean>, progress?: () => Seen): Promise<void> =>
  untilSo(String(condition), condition, { everyMs: 20, ...(progress && { progress }) });

/** For what has to end, and whose duration is the machine's. */
export const patience = (): AbortSignal => AbortSignal.timeout(CEILING_MS);

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Catalogue,
  ConfigurationError,
  declaredPartitions,
  type GroupSpec,
  sideLanes,
  type TopicSpec,
} from '../../domain/index.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { PositionError, LogError } from '../../log/errors.ts';
import { commitOffsets, committedOffset, logEnd, logStart } from '../groups/stored-positions.ts';
import { retrying } from '../client/retry.ts';
import { describeTopics, LIMIT, topicConfig } from './topic-differences.ts';
import { setTopicConfigExchange } from '../wire/incremental-alter-configs.ts';

/** Creates the topics that are missing, as the catalogue wants them. Existing ones are left as they are. */
export async function createTopics(
  client: KafkaClient,
  topics: readonly TopicSpec[],
  replication: { factor: number; minInSync: number },
): Promise<void> {
  const there = await client.currentTopics(topics.map(({ name }) => name));
  const missing = topics.filter((topic) => !there.some(({ name }) => name === topic.name));
  if (missing.length === 0) return;
  const wanted = missing.map((topic) => ({
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: replication.factor,
    configEntries: Object.entries(topicConfig(topic, replication.minInSync)).map(([name, value]) => ({
      name,
      value,
    })),
  }));
  await client
    .call(await client.controller(), 'CreateTopics', { topics: wanted, timeout: 30_000 })
    .catch((error: unknown) => {
      if (kafkaError(error).code !== 'TOPIC_ALREADY_EXISTS') throw error;
    });
  for (const topic of missing) await awaitLeaders(client, topic);
}

/**
 * Lets existing topics take as large batches as the catalogue wants, where they take less: nothing that is there is touched by it.
 * Resolves when that is seen, with what was raised, in words. Throws KafkaError.
 */
export async function raiseLimits(client: KafkaClient, topics: readonly TopicSpec[]): Promise<string[]> {
  const lower = await withLowerLimit(client, topics);
  if (lower.length === 0) return [];
  const limits = new Map(lower.map(({ name, maxMessageBytes }) => [name, String(maxMessageBytes)]));
  await client.exchange(await client.controller(), setTopicConfigExchange(LIMIT, limits));
  // The broker that is asked learns it from the controller.
  await retrying(
    async () => {
      const [one] = await withLowerLimit(client, lower);
      if (one)
        throw new KafkaError('CLIENT', `${one.name} does not take larger batches yet`, { retryable: true });
    },
    { forMs: 30_000 },
  );
  return lower.map(({ name, maxMessageBytes }) => `${name} takes ${maxMessageBytes} bytes at once now`);
}

async function withLowerLimit(client: KafkaClient, topics: readonly TopicSpec[]): Promise<TopicSpec[]> {
  const found = await client.currentTopics(topics.map(({ name }) => name));
  const configs = await describeTopics(
    client,
    found.map(({ name }) => name),
  );
  return topics.filter(
    ({ name, maxMessageBytes }) => Number(configs.get(name)?.get(LIMIT)) < maxMessageBytes,
  );
}

/**
 * Gives groups that have no position one at the beginning of each partition: when nothing was written yet, or when
 * the group was named as new. A position that is missing beside records may have been lost, and starting over
 * would repeat everything: that is for somebody to decide. Projections keep their positions elsewhere.
 */
export async function createPositions(
  client: KafkaClient,
  catalogue: Catalogue,
  newGroups: readonly string[] = [],
): Promise<void> {
  const inKafka = catalogue.groups.filter(({ kind }) => kind !== 'projection');
  const groups = await Promise.allSettled(
    inKafka.map((spec) => createPositionsOf(client, catalogue, spec, newGroups)),
  );
  // Only when nobody asks any more: the client is closed next.
  const failed = groups.find((group) => group.status === 'rejected');
  if (failed) throw failed.reason;
}

async function createPositionsOf(
  client: KafkaClient,
  catalogue: Catalogue,
  spec: GroupSpec,
  newGroups: readonly string[],
): Promise<void> {
  const { group } = spec;
  for (const topic of spec.topics.flatMap((name) => [name, ...sideLanes(spec, name)])) {
    const missing = await unpositioned(client, group, topic, declaredPartitions(catalogue, topic));
    const lost = missing.filter(({ offset, end }) => offset < end);
    if (lost.length > 0 && !newGroups.includes(group))
      throw new PositionError(missingPosition(group, topic, lost));
    if (missing.length > 0) await commitOffsets(client, group, missing);
  }
}

function missingPosition(group: string, topic: string, lost: readonly { partition: number }[]): string {
  const partitions = lost.map(({ partition }) => partition).join(', ');
  return `${group} has no position for ${topic} partition ${partitions}, where records are. If the group is new, deploy with FIRST_POSITION_OF=${group}, and it starts with the first record. If its position was lost, set it yourself: starting over would repeat everything`;
}

/** Refuses groups whose topics are not in the catalogue. */
export function checkGroups({ groups, topics }: Catalogue): void {
  const names = new Set(topics.map(({ name }) => name));
  const stray = groups.flatMap((spec: GroupSpec) =>
    spec.topics.filter((topic) => !names.has(topic)).map((topic) => `${spec.group} reads ${topic}`),
  );
  if (stray.length > 0)
    throw new ConfigurationError('TOPIC_UNKNOWN', `Not in the catalogue: ${stray.join(', ')}`);
}

/** Milliseconds that a position may take to be one that no open transaction may change. */
const STABLE_MS = 60_000;

async function unpositioned(client: KafkaClient, group: string, topic: string, partitions: number) {
  const positions: { topic: string; partition: number; offset: bigint; end: bigint }[] = [];
  // What looks empty gets a position at its beginning.
  for (const partition of (await client.currentTopic(topic)).leaders.keys()) {
    if (partition >= partitions) break;
    // A deployment beside services that work: somebody may have a transaction open at any moment.
    const position = () => committedOffset(client, group, topic, partition);
    if ((await retrying(position, { forMs: STABLE_MS })) >= 0n) continue;
    const [offset, end] = await Promise.all([
      logStart(client, topic, partition),
      logEnd(client, topic, partition),
    ]);
    positions.push({ topic, partition, offset, end });
  }
  return positions;
}

async function exists(client: KafkaClient, topic: string): Promise<boolean> {
  try {
    await client.topic(topic);
    return true;
  } catch (error) {
    if (error instanceof LogError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    throw error;
  }
}

/** A topic is usable only when every partition has its leader, some time after it was created. */
async function awaitLeaders(client: KafkaClient, { name, partitions }: TopicSpec): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    client.forget();
    const leaders = (await exists(client, name)) ? (await client.topic(name)).leaders : [];
    if (leaders.length === partitions && leaders.every(({ nodeId }) => nodeId >= 0)) return;
  }
  throw new KafkaError('LEADER_NOT_AVAILABLE', `${name} has no leaders 30 s after it was created`, {
    retryable: true,
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Catalogue, type GroupSpec, sideLanes, type TopicSpec } from '../domain/index.ts';
import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError, PositionError } from './errors.ts';
import { commitOffsets, committedOffset, logEnd, logStart } from './positions.ts';
import { setTopicConfigExchange } from './wire/incremental-alter-configs.ts';

const TOPIC_RESOURCE = 2;
const LIMIT = 'max.message.bytes';

/** Creates the topics that are missing, as the catalogue wants them. Existing ones are left as they are. */
export async function createTopics(
  client: KafkaClient,
  topics: readonly TopicSpec[],
  replication: { factor: number; minInSync: number },
): Promise<void> {
  const missing: TopicSpec[] = [];
  for (const topic of topics) if (!(await exists(client, topic.name))) missing.push(topic);
  if (missing.length === 0) return;
  const wanted = missing.map((topic) => ({
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: replication.factor,
    configEntries: Object.entries(configOf(topic, replication.minInSync)).map(([name, value]) => ({
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
 * Answers their names.
 */
export async function raiseLimits(client: KafkaClient, topics: readonly TopicSpec[]): Promise<string[]> {
  const lower = new Map<string, string>();
  for (const { name, maxMessageBytes } of topics) {
    if (!(await exists(client, name))) continue;
    const config = await describe(client, name);
    if (Number(config.get(LIMIT)) < maxMessageBytes) lower.set(name, String(maxMessageBytes));
  }
  if (lower.size > 0) await client.exchange(await client.controller(), setTopicConfigExchange(LIMIT, lower));
  return [...lower.keys()];
}

/** What differs between a topic and its entry in the catalogue, in words; empty when nothing does. */
export async function topicDifferences(client: KafkaClient, topics: readonly TopicSpec[]): Promise<string[]> {
  const differences: string[] = [];
  for (const topic of topics) {
    if (!(await exists(client, topic.name))) differences.push(`${topic.name} does not exist`);
    else differences.push(...(await differencesOf(client, topic)));
  }
  return differences;
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
  for (const spec of catalogue.groups.filter(({ kind }) => kind !== 'projection')) {
    const { group } = spec;
    for (const topic of spec.topics.flatMap((name) => [name, ...sideLanes(spec, name)])) {
      const missing = await unpositioned(client, group, topic);
      const lost = missing.filter(({ offset, end }) => offset < end);
      if (lost.length > 0 && !newGroups.includes(group))
        throw new PositionError(missingPosition(group, topic, lost));
      if (missing.length > 0) await commitOffsets(client, group, missing);
    }
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
  if (stray.length > 0) throw new Error(`Not in the catalogue: ${stray.join(', ')}`);
}

async function unpositioned(client: KafkaClient, group: string, topic: string) {
  const positions: { topic: string; partition: number; offset: bigint; end: bigint }[] = [];
  for (const partition of (await client.topic(topic)).leaders.keys()) {
    if ((await committedOffset(client, group, topic, partition)) >= 0n) continue;
    const [offset, end] = await Promise.all([
      logStart(client, topic, partition),
      logEnd(client, topic, partition),
    ]);
    positions.push({ topic, partition, offset, end });
  }
  return positions;
}

function configOf(
  { retentionMs, maxMessageBytes, compacted = false }: TopicSpec,
  minInSync: number,
): Record<string, string> {
  return {
    'cleanup.policy': compacted ? 'compact' : 'delete',
    'retention.ms': String(retentionMs),
    'retention.bytes': '-1',
    [LIMIT]: String(maxMessageBytes),
    'min.insync.replicas': String(minInSync),
  };
}

async function differencesOf(client: KafkaClient, topic: TopicSpec): Promise<string[]> {
  const { leaders } = await client.topic(topic.name);
  const actual = await describe(client, topic.name);
  const { 'min.insync.replicas': _, ...wanted } = configOf(topic, 0);
  const differences = Object.entries(wanted).filter(([name, value]) => actual.get(name) !== value);
  const texts = differences.map(
    ([name, value]) => `${topic.name} has ${name} ${actual.get(name)}, not ${value}`,
  );
  if (leaders.length !== topic.partitions)
    texts.push(`${topic.name} has ${leaders.length} partitions, not ${topic.partitions}`);
  return texts;
}

interface DescribedConfigs {
  readonly resources: readonly {
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[];
  }[];
}

async function describe(client: KafkaClient, topic: string): Promise<Map<string, string>> {
  const answer = await client.call<DescribedConfigs>(await client.controller(), 'DescribeConfigs', {
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [] }],
    includeSynonyms: false,
  });
  return new Map(
    answer.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
}

async function exists(client: KafkaClient, topic: string): Promise<boolean> {
  try {
    await client.topic(topic);
    return true;
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    throw error;
  }
}

/** A topic is usable only when every partition has its leader, some time after it was created. */
async function awaitLeaders(client: KafkaClient, { name, partitions }: TopicSpec): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    client.forget();
    const leaders = (await exists(client, name)) ? (await client.topic(name)).leaders : [];
    if (leaders.length === partitions && leaders.every((leader) => leader >= 0)) return;
  }
  throw new KafkaError('LEADER_NOT_AVAILABLE', `${name} has no leaders 30 s after it was created`, {
    retryable: true,
  });
}

import { type Catalogue, commandTopics, type TopicSpec } from '../../domain/index.ts';
import type { KafkaClient } from '../client/client.ts';
import { logEnd, logStart } from '../groups/stored-positions.ts';
import type { TopicMetadata } from '../wire/metadata.ts';

const TOPIC_RESOURCE = 2;

export const LIMIT = 'max.message.bytes';
const SETTINGS = ['cleanup.policy', 'retention.ms', 'retention.bytes', LIMIT];

/** How a topic differs from its entry in the catalogue. */
export interface TopicDifference {
  /**
   * `wrong`: who needs the topic does not start with it. `unread`: records are in partitions beyond the catalogue's, where nobody looks for them.
   * `unused`: there are such partitions, and they are empty. Kafka cannot take partitions away again.
   */
  readonly kind: 'wrong' | 'unread' | 'unused';
  readonly topic: string;
  /** The topic, what was expected and what was found, and what to do. */
  readonly text: string;
}

/** What differs between topics, as they are now, and the catalogue; empty when nothing does. Throws KafkaError. */
export async function topicDifferences(
  client: KafkaClient,
  catalogue: Catalogue,
): Promise<TopicDifference[]> {
  const names = catalogue.topics.map(({ name }) => name);
  const found = new Map((await client.currentTopics(names)).map((topic) => [topic.name, topic]));
  const configs = await describeTopics(client, [...found.keys()]);
  const differences: TopicDifference[] = [];
  for (const spec of catalogue.topics) {
    const topic = found.get(spec.name);
    if (!topic) differences.push(wrong(spec, `${spec.name} does not exist: run the deployment step`));
    else {
      differences.push(...alteredConfig(spec, configs.get(spec.name)));
      differences.push(...(await alteredCount(client, spec, topic, commandTopics(catalogue))));
    }
  }
  return differences;
}

/** A topic's settings, by Kafka's names. */
export function topicConfig(
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

/** Partitions beyond the catalogue's in which there is anything. */
export async function unreadPartitions(
  client: KafkaClient,
  { name, partitions }: TopicSpec,
  { leaders }: TopicMetadata,
): Promise<number[]> {
  const unread: number[] = [];
  for (let partition = partitions; partition < leaders.length; partition++) {
    const [start, end] = [await logStart(client, name, partition), await logEnd(client, name, partition)];
    if (start < end) unread.push(partition);
  }
  return unread;
}

const wrong = ({ name }: TopicSpec, text: string): TopicDifference => ({ kind: 'wrong', topic: name, text });

function alteredConfig(spec: TopicSpec, actual = new Map<string, string>()): TopicDifference[] {
  const wanted = topicConfig(spec, 0);
  return SETTINGS.map((name) => [name, wanted[name]])
    .filter(([name = '', value]) => actual.get(name) !== value)
    .map(([name = '', value]) =>
      wrong(
        spec,
        `${spec.name} has ${name} ${actual.get(name)}, not ${value}: ${remedy(name, actual.get(name), value)}`,
      ),
    );
}

const remedy = (setting: string, actual: string | undefined, wanted: string | undefined) =>
  setting === LIMIT && Number(actual) < Number(wanted)
    ? 'run the deployment step, which raises it'
    : 'set it to that';

async function alteredCount(
  client: KafkaClient,
  spec: TopicSpec,
  topic: TopicMetadata,
  commands: readonly string[],
): Promise<TopicDifference[]> {
  const { name, partitions } = spec;
  const counts = `${name} has ${topic.leaders.length} partitions, not ${partitions}`;
  if (topic.leaders.length === partitions) return [];
  if (topic.leaders.length < partitions)
    return [wrong(spec, `${counts}: it is not the topic that was deployed, see docs/operations.md`)];
  const unread = await unreadPartitions(client, spec, topic);
  if (unread.length === 0)
    return [
      {
        kind: 'unused',
        topic: name,
        text: `${counts}: those from ${partitions} on are empty, and stay unused`,
      },
    ];
  const remedy = commands.includes(name)
    ? ', then run the deployment step, which moves them to where they belong'
    : '; they are not moved, see docs/operations.md';
  const where = `${counts}, and records that nobody reads in ${unread.join(', ')}`;
  return [{ kind: 'unread', topic: name, text: `${where}: stop who writes there${remedy}` }];
}

interface DescribedConfigs {
  readonly resources: readonly {
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[];
  }[];
}

/** The settings of topics that exist, by their names. */
export async function describeTopics(
  client: KafkaClient,
  names: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  if (names.length === 0) return new Map();
  const { resources } = await client.call<DescribedConfigs>(await client.controller(), 'DescribeConfigs', {
    resources: names.map((name) => ({ type: TOPIC_RESOURCE, name, configNames: SETTINGS })),
    includeSynonyms: false,
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

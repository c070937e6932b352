import kafkajs, { type Admin } from 'kafkajs';

const { ConfigResourceTypes, ConfigSource } = kafkajs;
const MIN_IN_SYNC = 'min.insync.replicas';

/** From now on these brokers are to have the partition, and no others. It takes a moment. */
export const reassign = (admin: Admin, topic: string, partition: number, replicas: number[]): Promise<void> =>
  admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] });

/** How many replicas must have a record of this topic before it counts as written. */
export async function minInSyncOf(admin: Admin, topic: string): Promise<string> {
  const value = (await ownSettings(admin, topic)).get(MIN_IN_SYNC);
  if (value === undefined) throw new Error(`${topic} has no ${MIN_IN_SYNC} of its own`);
  return value;
}

/** Kafka replaces all that a topic has of its own (AlterConfigs). */
export async function setMinInSync(admin: Admin, name: string, value: string): Promise<void> {
  const settings = (await ownSettings(admin, name)).set(MIN_IN_SYNC, value);
  const configEntries = [...settings].map(([setting, own]) => ({ name: setting, value: own }));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
  });
}

async function ownSettings(admin: Admin, name: string): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name }],
    includeSynonyms: false,
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
  return new Map(own.map(({ configName, configValue }) => [configName, configValue]));
}

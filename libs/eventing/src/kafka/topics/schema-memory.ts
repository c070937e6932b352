import type { TopicSpec } from '../../domain/index.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { RegisteredVersion } from '../../serde/evolution/subject-plan.ts';
import type { KafkaClient } from '../client/client.ts';
import { KafkaLog } from '../reading/kafka-log.ts';
import { LogAppender } from '../producing/log-appender.ts';

/** Milliseconds for reading the topic: it has a record for each version that ever was. */
const READ_MS = 60_000;

/**
 * What deployments have registered, on a topic that is kept for ever: records begin with ids of schemas, and only the registry knows what
 * they mean. Without the topic nothing is kept.
 */
export class SchemaMemory {
  private readonly client: KafkaClient;
  private readonly topic: string | undefined;
  private known: readonly RegisteredVersion[] = [];

  constructor(client: KafkaClient, topic: TopicSpec | undefined) {
    this.client = client;
    this.topic = topic?.name;
  }

  /** Everything that was kept, and was not withdrawn since; nothing before the topic is there. */
  async all(): Promise<readonly RegisteredVersion[]> {
    const { topic } = this;
    if (topic === undefined || (await this.client.currentTopics([topic])).length === 0) return [];
    const log = new KafkaLog(this.client);
    const signal = AbortSignal.timeout(READ_MS);
    const [from, to] = [await log.start(topic, 0, signal), await wholeEnd(log, topic, 0, signal)];
    const known = new Map<string, RegisteredVersion>();
    for await (const { records } of log.read(topic, 0, { from, to, signal })) remember(known, records);
    this.known = [...known.values()];
    return this.known;
  }

  /** Keeps what is new of it. The topic must be there. */
  async keep(registered: readonly RegisteredVersion[]): Promise<void> {
    const { topic } = this;
    if (topic === undefined) return;
    const isKnown = (version: RegisteredVersion) =>
      this.known.some(({ subject, schema }) => subject === version.subject && schema === version.schema);
    const appender = new LogAppender(this.client);
    const added = registered.filter((version) => !isKnown(version));
    await Promise.all(
      added.map((version) =>
        appender.append({
          topic,
          partition: 0,
          key: Buffer.from(`${version.subject}/${version.version}`),
          value: Buffer.from(JSON.stringify(version)),
          headers: [['content-type', Buffer.from('application/json')]],
        }),
      ),
    );
  }
}

/** By key, `<subject>/<version>`: the last record of a key counts, and one without a value withdraws the version. */
export function remember(known: Map<string, RegisteredVersion>, records: readonly ConsumedRecord[]): void {
  for (const { key, value, broken } of records) {
    const name = key?.toString() ?? '';
    const version = versionIn(value);
    if (version) known.set(name, version);
    else if (value === null && !broken) known.delete(name);
  }
}

/** Undefined where a value is nothing that a deployment has written. */
function versionIn(value: Buffer | null): RegisteredVersion | undefined {
  try {
    const read = JSON.parse(value?.toString() ?? '') as Partial<Record<keyof RegisteredVersion, unknown>>;
    const { subject, version, schema, id } = read;
    if (typeof subject !== 'string' || typeof schema !== 'string') return undefined;
    if (typeof version !== 'number' || typeof id !== 'number') return undefined;
    return { subject, version, schema, id };
  } catch {
    return undefined;
  }
}

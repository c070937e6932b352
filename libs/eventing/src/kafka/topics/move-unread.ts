import { KafkaLog } from '../reading/kafka-log.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import { readPartition } from '../reading/partition-reader.ts';
import { type Catalogue, commandTopics, type TopicSpec } from '../../domain/index.ts';
import { KafkaError } from '../client/errors.ts';
import { partitionOf } from '../../serde/partitioner.ts';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { logStart } from '../groups/stored-positions.ts';
import { type ConsumedRecord, offsetAfter, type OutgoingRecord } from '../../log/record.ts';
import { unreadPartitions } from './topic-differences.ts';

const PATIENCE_MS = 600_000;

/**
 * Moves the commands that stand in partitions beyond the catalogue's to the partitions of their keys, with key, value and headers,
 * and empties what they came from. What is moved twice, after a failure, is recognised by its id: where
 * `ce_id` is missing, that is the place from which it is moved. Answers a line for each partition. Throws KafkaError, also while a
 * transaction is open there, and with UNDECODABLE where a batch cannot be read.
 */
export async function moveUnread(client: KafkaClient, catalogue: Catalogue): Promise<string[]> {
  const commands = commandTopics(catalogue);
  const specs = catalogue.topics.filter(({ name }) => commands.includes(name));
  const moved: string[] = [];
  for (const topic of await client.currentTopics(specs.map(({ name }) => name))) {
    const spec = specs.find(({ name }) => name === topic.name);
    if (!spec) continue;
    for (const partition of await unreadPartitions(client, spec, topic))
      moved.push(
        `${await movePartition(client, spec, partition)} records of ${spec.name}-${partition} moved to their keys' partitions`,
      );
  }
  return moved;
}

async function movePartition(client: KafkaClient, spec: TopicSpec, partition: number): Promise<number> {
  const [topic, signal] = [spec.name, AbortSignal.timeout(PATIENCE_MS)];
  const from = await logStart(client, topic, partition, signal);
  const to = await wholeEnd(new KafkaLog(client), topic, partition, signal);
  const reader = client.sibling('unread');
  const appender = new LogAppender(client);
  let count = 0;
  try {
    for await (const { records } of readPartition(reader, topic, partition, { from, to, signal })) {
      const unreadable = records.find(({ broken }) => broken);
      if (unreadable) throw notMoved(unreadable);
      await Promise.all(records.map((record) => appender.append(atHome(record, spec))));
      count += records.length;
    }
  } finally {
    await reader.close();
  }
  await deleteRecords(client, topic, partition, to);
  return count;
}

/** Nothing of its partition was deleted; what was moved already is recognised when it is moved again. */
function notMoved(record: ConsumedRecord): KafkaError {
  const { topic, partition, broken } = record;
  return new KafkaError(
    'UNDECODABLE',
    `${topic}-${partition} cannot be emptied: ${broken?.error.message}. Keep what matters of it, delete the records of this partition before offset ${offsetAfter(record)}, and run the deployment step again`,
    { fields: { topic, partition }, cause: broken?.error },
  );
}

/** The record for the partition of its key. Without `ce_id` its place is its id, and each move would give it another one. */
function atHome(
  { topic, partition, offset, key, value, headers }: ConsumedRecord,
  spec: TopicSpec,
): OutgoingRecord {
  const id = Buffer.from(`${topic}/${partition}/${offset}`);
  const named = headers.find(([name]) => name === 'ce_id')?.[1]
    ? headers
    : [['ce_id', id] as const, ...headers];
  return { topic, partition: partitionOf(key ?? '', spec.partitions), key, value, headers: named };
}

/** Removes what is before this offset, for good. */
async function deleteRecords(client: KafkaClient, topic: string, partition: number, offset: bigint) {
  await client.call(await client.leader(topic, partition), 'DeleteRecords', {
    topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
    timeout: 30_000,
  });
}

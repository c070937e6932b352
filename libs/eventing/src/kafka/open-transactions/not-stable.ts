import type { LogError } from '../../log/errors.ts';
import type { KafkaClient } from '../client/client.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from '../groups/coordinated-partition.ts';
import { KafkaError } from '../client/errors.ts';
import { describeOpen, openTransactions } from './open-transactions.ts';
import { partitionEnds } from '../reading/partition-ends.ts';

/** Somebody's open transaction hides what is to be read. It may pass; the error says whose it is, as far as that is known. */
export async function notStable(client: KafkaClient, topic: string, partition: number): Promise<LogError> {
  return new KafkaError('NOT_STABLE', await describe(client, topic, partition), {
    retryable: true,
    fields: { topic, partition },
  });
}

/** Somebody's open transaction is about to change a position of this group, or to leave it as it is. */
export async function unstablePosition(
  client: KafkaClient,
  group: string,
  cause: unknown,
): Promise<LogError> {
  const why = await describePosition(client, group);
  return new KafkaError('UNSTABLE_OFFSET_COMMIT', `The position of ${group} is not final: ${why}`, {
    retryable: true,
    cause,
  });
}

async function describePosition(client: KafkaClient, group: string): Promise<string> {
  try {
    const { leaders } = await client.topic(OFFSETS_TOPIC);
    return await describe(client, OFFSETS_TOPIC, coordinatedPartition(group, leaders.length));
  } catch {
    return 'a transaction is open on its partition';
  }
}

async function describe(client: KafkaClient, topic: string, partition: number): Promise<string> {
  try {
    const open = await openTransactions(client, await partitionEnds(client, [{ topic, partition }]));
    if (open.length > 0) return open.map(describeOpen).join('; ');
  } catch {
    // Whoever it is, it is open.
  }
  return `a transaction is open on ${topic}-${partition}`;
}

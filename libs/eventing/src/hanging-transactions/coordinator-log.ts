import { readPartition } from '../kafka/reading/partition-reader.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { coordinatedPartition, TRANSACTIONS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import { logEnd, offsetAtTime } from '../kafka/groups/stored-positions.ts';
import { decodeLoggedTransaction, type LoggedTransaction } from '../kafka/wire/transaction-log.ts';

/** Milliseconds by which the clocks of a client and of brokers may differ. */
const CLOCKS_MS = 60_000;

/**
 * What the coordinator of a transactional id has written into its log since a moment (milliseconds since 1970-01-01 UTC), in
 * its order. Compaction may have removed steps, oldest first. Needs the right to READ that topic; throws KafkaError.
 */
export async function coordinatorLog(
  client: KafkaClient,
  transactionalId: string,
  since: number,
  signal: AbortSignal,
): Promise<LoggedTransaction[]> {
  const { leaders } = await client.currentTopic(TRANSACTIONS_TOPIC);
  const partition = coordinatedPartition(transactionalId, leaders.length);
  const from = await offsetAtTime(client, TRANSACTIONS_TOPIC, partition, since - CLOCKS_MS, signal);
  const to = await logEnd(client, TRANSACTIONS_TOPIC, partition, signal);
  const steps: LoggedTransaction[] = [];
  for await (const { records } of readPartition(client, TRANSACTIONS_TOPIC, partition, { from, to, signal }))
    for (const { key, value } of records) {
      const step = decodeLoggedTransaction(key, value);
      if (step?.transactionalId === transactionalId) steps.push(step);
    }
  return steps;
}

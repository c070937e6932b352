import type { KafkaClient } from '../kafka/client.ts';
import { readPartition } from '../kafka/partition-reader.ts';
import { logEnd, offsetAtTime } from '../kafka/positions.ts';
import {
  decodeLoggedTransaction,
  type LoggedTransaction,
  partitionOfTransactionalId,
} from '../kafka/wire/transaction-log.ts';

const TOPIC = '__transaction_state';
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
  const { leaders } = await client.topic(TOPIC);
  const partition = partitionOfTransactionalId(transactionalId, leaders.length);
  const from = await offsetAtTime(client, TOPIC, partition, since - CLOCKS_MS, signal);
  const to = await logEnd(client, TOPIC, partition, signal);
  const steps: LoggedTransaction[] = [];
  for await (const { records } of readPartition(client, TOPIC, partition, { from, to, signal }))
    for (const { key, value } of records) {
      const step = decodeLoggedTransaction(key, value);
      if (step?.transactionalId === transactionalId) steps.push(step);
    }
  return steps;
}

import type { KafkaClient } from '../kafka/client.ts';
import { type ConsumedRecord, type OutgoingRecord, WRITER } from '../log/record.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import { scratchName } from './scratch-broker.ts';

const PRODUCER = 4711n;

/** A record as it is read when the library has written it: the producer that it may name is the one that wrote it. */
export function asRead(record: OutgoingRecord, offset: bigint, timestamp = 1): ConsumedRecord {
  const headers = record.headers.map(
    ([name, value]) => [name, value === WRITER ? Buffer.from(String(PRODUCER)) : value] as const,
  );
  return { ...record, headers, offset, timestamp, producerId: PRODUCER };
}

/** Writes copies as the library does: by a producer with an id, in a transaction. */
export async function writeAsLibrary(client: KafkaClient, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = new TransactionalProducer(client, { transactionalId: scratchName('library') });
  await producer.fence();
  const [first] = records;
  if (!first) return;
  const nobody = { group: scratchName('nobody'), memberId: '', generation: -1 };
  await producer.transact(records, { ...nobody, topic: first.topic, partition: first.partition, offset: 0n });
}

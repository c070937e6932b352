import type { RecordPlace } from '../../log/log.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { KafkaClient } from '../client/client.ts';
import { putOff } from '../client/errors.ts';
import { retrying } from '../client/retry.ts';
import { readCommitted } from '../wire/fetch.ts';
import { fetchCommitted } from './record-at.ts';

/** Few batches in one answer: one record is wanted. */
const ANSWER_BYTES = 16 * 1024;
/** Answers to look into at most, where markers and aborted records stand before the first that is committed. */
const MOST_ANSWERS = 8;

/**
 * The first committed record from this offset on; undefined when there is none yet, or none near. It costs one small request
 * nearly always, and eight at most. Throws KafkaError.
 */
export async function committedRecordFrom(
  client: KafkaClient,
  { topic, partition, offset }: RecordPlace,
): Promise<ConsumedRecord | undefined> {
  let from = offset;
  for (let answers = 0; answers < MOST_ANSWERS; answers++) {
    const { record, next, end } = await retrying(() => lookFrom(client, { topic, partition, offset: from }), {
      forMs: 2_000,
    });
    if (record || next <= from || next >= end) return record;
    from = next;
  }
  return undefined;
}

async function lookFrom(client: KafkaClient, at: RecordPlace) {
  const section = await fetchCommitted(client, at, ANSWER_BYTES);
  if (!section) throw putOff(at.topic, at.partition);
  const room = { maxBatchBytes: client.maxBatchBytes, left: client.maxBatchBytes };
  const { records, nextOffset } = readCommitted(section, at.offset, room);
  return { record: records[0], next: nextOffset, end: section.lastStableOffset };
}

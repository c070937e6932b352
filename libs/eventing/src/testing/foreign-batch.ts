import type { KafkaClient } from '../kafka/client.ts';
import { crc32c, protocolError } from '../kafka/kafkajs.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { type Codec, CODECS, compress } from '../kafka/wire/compression.ts';
import { type ProducedPartition, produceExchange } from '../kafka/wire/produce.ts';
import { encodeBatch } from '../kafka/wire/record-batch.ts';

const BEFORE_ATTRIBUTES = 21;
const BEFORE_RECORDS = 61;
const nobody = { id: -1n, epoch: -1, transactional: false };

/** A batch of these records that somebody else may have written: whatever stands there as its compressed records. */
export function foreignBatch(
  records: readonly OutgoingRecord[],
  codec: Codec,
  body: (records: Buffer) => Buffer = (bytes) => compress(codec, bytes),
): Buffer {
  const plain = encodeBatch(records, nobody, 0, Date.now(), 'none');
  if (plain.readInt16BE(BEFORE_ATTRIBUTES) !== 0) throw new Error('Give less than 1 MiB, or a codec');
  const batch = Buffer.concat([plain.subarray(0, BEFORE_RECORDS), body(plain.subarray(BEFORE_RECORDS))]);
  return sealed(batch, codec);
}

/** With its length and its checksum. */
function sealed(batch: Buffer, codec: Codec): Buffer {
  batch.writeInt16BE(CODECS.indexOf(codec), BEFORE_ATTRIBUTES);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch.subarray(BEFORE_ATTRIBUTES)), BEFORE_ATTRIBUTES - 4);
  return batch;
}

/** Records that are, together, more than a batch may take in memory, in a few bytes. */
export function bomb(topic: string, partition = 0, count = 1): Buffer {
  const value = Buffer.alloc(Math.ceil((33 * 1024 * 1024) / count));
  const one = { topic, partition, key: Buffer.from('bomb'), value, headers: [] };
  const records = Array.from({ length: count }, () => one);
  return encodeBatch(records, nobody, 0, Date.now(), 'gzip');
}

/** Sends a batch as it is; answers its offset. */
export async function send(
  client: KafkaClient,
  topic: string,
  bytes: Buffer,
  partition = 0,
): Promise<bigint> {
  const batch = { topic, partition, bytes };
  const request = { transactionalId: null, timeoutMs: 10_000, version: 9 } as const;
  const leader = await client.leader(topic, partition);
  const [written] = await client.exchange<ProducedPartition[]>(leader, produceExchange([batch], request));
  if (!written || written.errorCode !== 0) throw protocolError(written?.errorCode ?? -1);
  return written.baseOffset;
}

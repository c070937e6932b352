import { encoded, type Exchange } from '../client/kafkajs.ts';
import type { Leader } from '../client/leader-epochs.ts';
import { Writer } from './writer.ts';

/** What a reader may see: what is committed, or everything. */
export type Isolation = 'committed' | 'everything';

/** What is asked of one partition. The first of a request is answered even when its batch is larger than `maxBytes` (KIP-74). */
export interface WantedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly maxBytes: number;
  /** Who is taken for its leader: any other, and one of an earlier epoch, refuses to answer (KIP-320). */
  readonly leader: Leader;
}

export interface FetchLimits {
  readonly isolation: Isolation;
  readonly maxBytes: number;
  /** Milliseconds that the broker may wait for the first record; 0 unless given. */
  readonly maxWaitMs?: number;
}

const FETCH = 1;
const CONSUMER = -1;
const NO_SESSION = -1;

/** Fetch version 11, without a session, and what decodes its answer. */
export function fetchExchange<T>(
  wanted: readonly WantedPartition[],
  { isolation, maxBytes, maxWaitMs = 0 }: FetchLimits,
  decode: (bytes: Buffer) => T,
): Exchange {
  const writer = new Writer().int32(CONSUMER).int32(maxWaitMs);
  writer.int32(maxWaitMs > 0 ? 1 : 0).int32(maxBytes);
  writer.int8(isolation === 'committed' ? 1 : 0);
  writer.int32(0).int32(NO_SESSION).int32(wanted.length);
  for (const each of wanted) writePartition(writer, each);
  writer.int32(0).string('');
  return {
    request: { apiKey: FETCH, apiVersion: 11, apiName: 'Fetch', encode: encoded(writer) },
    response: { decode: async (bytes) => decode(bytes), parse: async (decoded) => decoded },
  };
}

function writePartition(writer: Writer, { topic, partition, offset, maxBytes, leader }: WantedPartition) {
  writer.string(topic).int32(1);
  writer.int32(partition).int32(leader.epoch).int64(offset).int64(-1n).int32(maxBytes);
}

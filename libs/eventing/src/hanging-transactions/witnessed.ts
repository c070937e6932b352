import type { KafkaClient } from '../kafka/client/client.ts';
import { kafkaError } from '../kafka/client/errors.ts';
import { OFFSETS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import { logEnd, storedPosition } from '../kafka/groups/stored-positions.ts';
import { readBatches } from '../kafka/reading/read-batches.ts';
import { Reader } from '../kafka/wire/reader.ts';
import { decodeRecords, isAbortMarker } from '../kafka/wire/record-batch.ts';
import { decodeWitness, type WitnessedPartition } from '../engine/commits/witness.ts';
import type { OpenTransaction, Outcome } from './hanging-transactions.ts';
import type { Owner } from './owners.ts';

const POSITION_MS = 1_000;
const PROVES_NOTHING = new Set(['UNSTABLE_OFFSET_COMMIT', 'GROUP_AUTHORIZATION_FAILED']);

export interface Proof {
  readonly outcome: Outcome;
  readonly proof: string;
}

/**
 * What a position proves about a transaction, in whichever version of transactions: each position names the first record that
 * its transaction wrote into each partition (see `Witness`). A position that is committed and names the record with which the
 * transaction begins proves that it was committed. One that hangs itself names other partitions, where its marker may stand.
 */
export async function provenByWitness(
  client: KafkaClient,
  transaction: OpenTransaction,
  owners: readonly Owner[],
  signal: AbortSignal,
): Promise<Proof | undefined> {
  if (transaction.topic === OFFSETS_TOPIC) return provenByMarker(client, transaction, signal);
  const proofs = await Promise.all(owners.map((owner) => provenByPosition(client, transaction, owner)));
  return proofs.find((proof) => proof !== undefined);
}

async function provenByPosition(
  client: KafkaClient,
  { topic, partition, startOffset, producerId }: OpenTransaction,
  owner: Owner,
): Promise<Proof | undefined> {
  // While it is about to change it proves nothing, and would be waited for.
  const soon = AbortSignal.timeout(POSITION_MS);
  const stored = await storedPosition(client, owner.group, owner.topic, owner.partition, soon).catch(
    (error: unknown) => {
      if (soon.aborted || PROVES_NOTHING.has(kafkaError(error).code)) return undefined;
      throw error;
    },
  );
  const witness = decodeWitness(stored?.metadata ?? '');
  const names = witness?.outputs.some(
    (output) => output.topic === topic && output.partition === partition && output.offset === startOffset,
  );
  if (!names || (witness?.producerId ?? producerId) !== producerId) return undefined;
  const proof = `the committed position of ${owner.group} in ${owner.topic}-${owner.partition} names its record at offset ${startOffset}`;
  return { outcome: 'commit', proof };
}

/** Several transactions may hang one behind the other; where they ended differently, nothing is proven for all of them. */
async function provenByMarker(
  client: KafkaClient,
  transaction: OpenTransaction,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const proofs: Proof[] = [];
  for (const output of await witnesses(client, transaction, signal)) {
    const proof = await markerAfter(client, output, transaction, signal);
    if (proof) proofs.push(proof);
  }
  return new Set(proofs.map(({ outcome }) => outcome)).size === 1 ? proofs[0] : undefined;
}

/** What is named by the positions that hang in this partition of `__consumer_offsets`. */
async function witnesses(
  client: KafkaClient,
  { topic, partition, startOffset, producerId, hidden }: OpenTransaction,
  signal: AbortSignal,
): Promise<WitnessedPartition[]> {
  const found: WitnessedPartition[] = [];
  const range = { from: startOffset, to: startOffset + hidden, signal };
  for await (const batch of readBatches(client, topic, partition, range)) {
    if (batch.producerId !== producerId || batch.control) continue;
    for (const { value } of decodeRecords(batch, topic, partition))
      found.push(...(decodeWitness(metadataOf(value))?.outputs ?? []));
  }
  return found;
}

async function markerAfter(
  client: KafkaClient,
  { topic, partition, offset }: WitnessedPartition,
  { producerId, producerEpoch }: OpenTransaction,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const to = await logEnd(client, topic, partition, signal);
  for await (const batch of readBatches(client, topic, partition, { from: offset, to, signal })) {
    if (batch.producerId !== producerId || !batch.control) continue;
    // Under version 2 its own marker has the next epoch; any other ended more than this transaction.
    if (batch.producerEpoch !== producerEpoch && batch.producerEpoch !== producerEpoch + 1) return undefined;
    const proof = `its marker in ${topic}-${partition} at offset ${batch.baseOffset}`;
    return { outcome: isAbortMarker(batch) ? 'abort' : 'commit', proof };
  }
  return undefined;
}

/** The text that is kept with a committed offset: values of `__consumer_offsets` of the versions 0 to 4. */
function metadataOf(value: Buffer | null): string {
  if (!value) return '';
  const reader = new Reader(value);
  const version = reader.int16();
  if (version < 0 || version > 4) return '';
  reader.int64();
  if (version >= 3) reader.int32();
  return (version >= 4 ? reader.compactString() : reader.string()) ?? '';
}

import type { Log, StoredPosition } from '../log/log.ts';
import type { BaseOffsets } from '../log/partitions.ts';
import { LogError } from '../log/errors.ts';

/**
 * What a transaction says about itself in the text that is kept with its position: where it began to read, and the first
 * record that it wrote into each partition. A transaction is committed or aborted as a whole, but not when the brokers
 * are killed at the wrong moment: a coordinator that starts again on an old view of the cluster reads its log to the end,
 * replicated or not (KAFKA-17754 is another hole of the same protocol), and may commit in one partition what its
 * successor aborts in the others. Whoever takes over looks for the witnesses, and goes back when they are not there.
 */
export interface Witness {
  readonly from: bigint;
  readonly outputs: readonly WitnessedPartition[];
}

export interface WitnessedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Brokers keep 4,096 bytes with an offset (`offset.metadata.max.bytes`): of very many partitions the last ones are left out. */
const MOST_BYTES = 3_500;

/** As text: `from|topic|partition|offset|topic|partition|offset...`; names of topics have no `|`. */
export function encodeWitness(from: bigint, bases: BaseOffsets): string {
  let text = String(from);
  for (const { topic, partition, offset } of partitionsOf(bases)) {
    const more = `|${topic}|${partition}|${offset}`;
    if (text.length + more.length <= MOST_BYTES) text += more;
  }
  return text;
}

/** Undefined for text of any other kind: positions are also committed by deployments and by people. */
export function decodeWitness(text: string): Witness | undefined {
  if (!/^\d+(\|[\w.-]+\|\d+\|\d+)*$/.test(text)) return undefined;
  const [from = '', ...fields] = text.split('|');
  const outputs: WitnessedPartition[] = [];
  for (let at = 0; at < fields.length; at += 3) {
    const [topic = '', partition, offset = ''] = fields.slice(at, at + 3);
    outputs.push({ topic, partition: Number(partition), offset: BigInt(offset) });
  }
  return { from: BigInt(from), outputs };
}

/**
 * The position that is to be believed, and why it is not the one that was stored, if so. Call it after the fence, when
 * nothing of the transaction is open any more. Throws LogError, retryable, while somebody else's open transaction hides
 * a witness.
 */
export async function believedPosition(
  log: Log,
  { offset, metadata }: StoredPosition,
  signal: AbortSignal,
): Promise<{ readonly offset: bigint; readonly torn?: string }> {
  const witness = decodeWitness(metadata);
  if (witness) await log.confirmLeaders([...new Set(witness.outputs.map(({ topic }) => topic))]);
  for (const output of witness?.outputs ?? []) {
    if (!witness || !(await wasAborted(log, output, signal))) continue;
    const where = `${output.topic}-${output.partition} at offset ${output.offset}`;
    const torn = `the transaction that committed offset ${offset} was aborted in ${where}; handled again from ${witness.from}`;
    return { offset: witness.from, torn };
  }
  return { offset };
}

/** A record that is there, but not for those who read what is committed. One that is gone for other reasons says nothing. */
async function wasAborted(log: Log, output: WitnessedPartition, signal: AbortSignal): Promise<boolean> {
  try {
    return (await log.endedRecordAt(output, signal))?.aborted ?? false;
  } catch (error) {
    if (error instanceof LogError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    throw error;
  }
}

function partitionsOf(bases: BaseOffsets): WitnessedPartition[] {
  return [...bases].map(([key, offset]) => {
    const dash = key.lastIndexOf('-');
    return { topic: key.slice(0, dash), partition: Number(key.slice(dash + 1)), offset };
  });
}

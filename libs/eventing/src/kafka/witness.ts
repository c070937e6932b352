import { isParkedTopic } from '../domain/index.ts';
import type { KafkaClient } from './client.ts';
import { readPartition } from './partition-reader.ts';
import { logStart } from './positions.ts';
import type { BaseOffsets } from './produce.ts';

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

interface WitnessedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Brokers keep 4,096 bytes with an offset (`offset.metadata.max.bytes`); some witnesses are enough. */
const MOST_BYTES = 3_500;

/** As text: `from|topic|partition|offset|topic|partition|offset...`; names of topics have no `|`. */
export function encodeWitness(from: bigint, bases: BaseOffsets): string {
  let text = String(from);
  for (const { topic, partition, offset } of partitionsOf(bases)) {
    const more = `|${topic}|${partition}|${offset}`;
    // Of a compacted topic a record may be gone although it was committed.
    if (!isParkedTopic(topic) && text.length + more.length <= MOST_BYTES) text += more;
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
 * The first partition whose record of the transaction is not there for those who read what is committed. Call it after the
 * fence, when nothing of the transaction is open any more.
 */
export async function missingOutput(
  client: KafkaClient,
  { outputs }: Witness,
  signal: AbortSignal,
): Promise<WitnessedPartition | undefined> {
  const there = await Promise.all(outputs.map((output) => isThere(client, output, signal)));
  return outputs[there.indexOf(false)];
}

async function isThere(
  client: KafkaClient,
  { topic, partition, offset }: WitnessedPartition,
  signal: AbortSignal,
): Promise<boolean> {
  // Nobody can tell any more.
  if ((await logStart(client, topic, partition, signal)) > offset) return true;
  const range = { from: offset, to: offset + 1n, signal };
  for await (const { records } of readPartition(client, topic, partition, range))
    if (records.some((record) => record.offset === offset)) return true;
  return false;
}

function partitionsOf(bases: BaseOffsets): WitnessedPartition[] {
  return [...bases].map(([key, offset]) => {
    const dash = key.lastIndexOf('-');
    return { topic: key.slice(0, dash), partition: Number(key.slice(dash + 1)), offset };
  });
}

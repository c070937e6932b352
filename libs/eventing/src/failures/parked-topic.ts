import { parkedTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readPartition } from '../kafka/partition-reader.ts';
import { stableEnd } from '../kafka/positions.ts';
import type { ConsumedRecord, OutgoingRecord } from '../kafka/record.ts';
import type { ParkedChanges, ParkedMark } from './parked-keys.ts';
import type { SourcePartition } from './parked-source.ts';

/** Keys are bytes; in memory they are text that gives each byte back. */
export const parkedKey = (key: Buffer) => key.toString('latin1');

/** The marks of parked keys in a compacted topic, written in the transaction that parks or releases them. */
export class ParkedTopic {
  private readonly topic: string;
  private readonly partition: number;
  private readonly marks = new Map<string, ParkedMark>();
  private readTo = 0n;

  constructor({ group, topic, partition }: SourcePartition) {
    this.topic = parkedTopic(group, topic);
    this.partition = partition;
  }

  /** The records that make the changes of this batch durable. */
  changes(parked: ParkedChanges): OutgoingRecord[] {
    const { topic, partition } = this;
    return [...parked.marks()].map(([key, mark]) => ({
      topic,
      partition,
      key: Buffer.from(key, 'latin1'),
      value: mark ? encodeMark(mark) : null,
      headers: [],
    }));
  }

  /** Reads what is new. Answers all marks, and whether anything was new. */
  async read(
    client: KafkaClient,
    signal: AbortSignal,
  ): Promise<{ marks: ReadonlyMap<string, ParkedMark>; changed: boolean }> {
    const { topic, partition, readTo: from } = this;
    const to = await stableEnd(client, topic, partition, signal);
    let changed = false;
    for await (const { records } of readPartition(client, topic, partition, { from, to, signal })) {
      for (const record of records) this.learn(record);
      changed ||= records.length > 0;
    }
    this.readTo = to > from ? to : from;
    return { marks: this.marks, changed };
  }

  private learn({ key, value, broken }: ConsumedRecord): void {
    if (broken) return;
    const name = parkedKey(key ?? Buffer.alloc(0));
    if (value) this.marks.set(name, decodeMark(value));
    else this.marks.delete(name);
  }
}

const encodeMark = ({ failureId, since, released }: ParkedMark) =>
  Buffer.from(JSON.stringify({ failureId, since: String(since), released }));

function decodeMark(value: Buffer): ParkedMark {
  const mark = JSON.parse(value.toString()) as { failureId: string; since: string; released: boolean };
  return { ...mark, since: BigInt(mark.since) };
}

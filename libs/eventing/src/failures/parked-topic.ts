import { wholeEnd } from '../log/trusted-position.ts';
import { parkedTopic } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { isOffset } from './failure-headers.ts';
import { keyText } from './key-text.ts';
import type { ParkedChanges, ParkedMark } from './parked-keys.ts';
import type { SourcePartition } from './parked-source.ts';

/** Keys are bytes; in memory they are text that gives each byte back. */
export const parkedKey = (key: Buffer) => key.toString('latin1');

/**
 * The marks of parked keys in a compacted topic, written in the transaction that parks or releases them. Of a key, the last
 * record that can be read counts: others can write here, too, and operators are told to. What cannot be read is told for
 * as long as it is the last record of its key. A mark beneath it is to be written again: compaction would take it away.
 */
export class ParkedTopic {
  private readonly at: SourcePartition;
  private readonly topic: string;
  private readonly partition: number;
  private marks = new Map<string, ParkedMark>();
  /** By key, the offset of its last record, which is no mark. */
  private unread = new Map<string, bigint>();
  /** Batches in which nobody can tell of which keys they speak. */
  private broken = new Set<string>();
  private readTo = 0n;

  constructor(at: SourcePartition) {
    this.at = at;
    this.topic = parkedTopic(at.group, at.topic);
    this.partition = at.partition;
  }

  /** Another reader, which goes on from here by itself. */
  copy(): ParkedTopic {
    const copy = new ParkedTopic(this.at);
    copy.marks = new Map(this.marks);
    copy.unread = new Map(this.unread);
    copy.broken = new Set(this.broken);
    copy.readTo = this.readTo;
    return copy;
  }

  /** The records that make the changes of this batch durable. */
  changes(parked: ParkedChanges): OutgoingRecord[] {
    return [...parked.marks()].map(([key, mark]) => this.record(key, mark));
  }

  /** The record that makes this durable: a mark, or that there is none. */
  record(key: string, mark: ParkedMark | undefined): OutgoingRecord {
    const { topic, partition } = this;
    const value = mark ? encodeMark(mark) : null;
    return { topic, partition, key: Buffer.from(key, 'latin1'), value, headers: [] };
  }

  /** Keys whose mark stands beneath what is none. */
  get covered(): string[] {
    return [...this.unread.keys()].filter((key) => this.marks.has(key));
  }

  /** What stands on the topic and is no mark: a sentence for each key, which says what is done, or to do. */
  get unreadable(): string[] {
    const where = `${this.topic}-${this.partition}`;
    const ofKeys = [...this.unread].map(
      ([key, offset]) =>
        `what ${where} says at offset ${offset} of the key ${shown(key)} is no mark, and is ignored: ${this.marks.has(key) ? AGAIN : CLEAR}`,
    );
    return [...ofKeys, ...[...this.broken].map((why) => `on ${where} no marks are read where ${why}`)];
  }

  /**
   * Reads what is new. Answers all marks, and whether anything was new. Throws LogError, retryable, while somebody's open
   * transaction hides some.
   */
  async read(
    log: Log,
    signal: AbortSignal,
  ): Promise<{ marks: ReadonlyMap<string, ParkedMark>; changed: boolean }> {
    const { topic, partition, readTo: from } = this;
    const to = await wholeEnd(log, topic, partition, signal);
    let changed = false;
    for await (const { records } of log.read(topic, partition, { from, to, signal })) {
      for (const record of records) this.learn(record);
      changed ||= records.length > 0;
    }
    this.readTo = to > from ? to : from;
    return { marks: this.marks, changed };
  }

  private learn({ key, value, offset, broken }: ConsumedRecord): void {
    if (broken) this.broken.add(broken.error.message);
    // Brokers refuse such a record where the topic is compacted.
    if (broken || !key) return;
    const name = parkedKey(key);
    const mark = value && markIn(value);
    this.unread.delete(name);
    if (mark) this.marks.set(name, mark);
    else if (value) this.unread.set(name, offset);
    else this.marks.delete(name);
  }
}

const AGAIN = 'the mark before it holds, and is written again';
const CLEAR = 'write a record of this key without a value to this partition';

/** For a line of a log: quoted, and not too long. Who needs all of it finds it at its offset. */
const shown = (key: string) => JSON.stringify(keyText(Buffer.from(key, 'latin1')).slice(0, SHOWN));

const SHOWN = 200;

const encodeMark = ({ failureId, since, released }: ParkedMark) =>
  Buffer.from(JSON.stringify({ failureId, since: String(since), released }));

/** Undefined for a value that is none of `encodeMark`. */
function markIn(value: Buffer): ParkedMark | undefined {
  try {
    const { failureId, since, released } = JSON.parse(value.toString()) as Record<string, unknown>;
    if (typeof failureId !== 'string' || typeof released !== 'boolean') return undefined;
    if (failureId === '' || typeof since !== 'string' || !isOffset(since)) return undefined;
    return { failureId, since: BigInt(since), released };
  } catch {
    return undefined;
  }
}

import { LogError } from '../log/errors.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { type ConsumedRecord, header } from '../log/record.ts';

/** Milliseconds since 1970-01-01 UTC: from the first up to the second, exclusive, or without an end. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number | undefined;
}

export interface Correlated {
  readonly records: readonly ConsumedRecord[];
  /** The offset from which on the windows were not read any more; undefined when they were read whole. */
  readonly stoppedAt: bigint | undefined;
}

/** What is looked for: records with one of these correlation ids, in windows of time that are in order, among so many at most. */
export interface Correlation {
  readonly ids: ReadonlySet<string>;
  readonly windows: readonly TimeWindow[];
  readonly most: number;
}

/**
 * The committed records of a partition that belong to a correlation. Ends at the last stable offset: it waits for no transaction. A
 * topic that is not there has none.
 */
export async function correlatedRecords(
  log: Log,
  at: TopicPartition,
  { ids, windows, most }: Correlation,
  signal: AbortSignal,
): Promise<Correlated> {
  const records: ConsumedRecord[] = [];
  let left = most;
  try {
    for (const window of windows) {
      const range = await offsetsIn(log, at, window, signal);
      if (range.from >= range.to) continue;
      for await (const chunk of log.read(at.topic, at.partition, { ...range, signal })) {
        const read = chunk.records.slice(0, left);
        records.push(...read.filter(({ headers }) => ids.has(correlationIn(headers))));
        left -= read.length;
        const unread = chunk.records[read.length];
        if (unread) return { records, stoppedAt: unread.offset };
      }
    }
  } catch (error) {
    if (!(error instanceof LogError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION')) throw error;
  }
  return { records, stoppedAt: undefined };
}

async function offsetsIn(log: Log, at: TopicPartition, window: TimeWindow, signal: AbortSignal) {
  const { topic, partition } = at;
  const stable = await log.stableEnd(topic, partition, signal);
  if (stable === 0n) return { from: 0n, to: 0n };
  const offsetAt = (time: number) => log.offsetAtTime(topic, partition, time, signal);
  const from = await offsetAt(window.from);
  const after = window.to === undefined ? stable : await offsetAt(window.to);
  return { from, to: after < stable ? after : stable };
}

/** As `toMetadata` reads it, of records that may be none of ours. */
const correlationIn = (headers: ConsumedRecord['headers']) =>
  header(headers, 'correlationid') ?? header(headers, 'ce_id') ?? '';

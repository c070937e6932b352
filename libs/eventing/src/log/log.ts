import type { LogError } from './errors.ts';
import type { Clock } from '../time/clock.ts';
import type { ConsumedRecord, OutgoingRecord } from './record.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface RecordPlace extends TopicPartition {
  readonly offset: bigint;
}

/** A record whose transaction, if it had one, has ended. */
export interface EndedRecord {
  readonly record: ConsumedRecord;
  readonly aborted: boolean;
}

export interface LogTopic {
  /** Another one after the topic was deleted and created again. */
  readonly id: string;
  readonly partitions: number;
}

/** What a group has committed for one partition. */
export interface StoredPosition {
  /** The next offset that it is to handle; -1 when it has committed none. */
  readonly offset: bigint;
  /** The text that was kept with it. */
  readonly metadata: string;
}

/** Offsets of a partition: from the first up to the second, exclusive. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
  readonly signal: AbortSignal;
}

export interface Chunk {
  readonly records: readonly ConsumedRecord[];
  /** Where the next one begins. */
  readonly nextOffset: bigint;
}

/**
 * The log as it is read from outside of any group: partitions of records, where they begin and end, and how far groups have
 * come. Everything throws LogError; what is waited for ends with the signal.
 */
export interface Log {
  /** By which is waited for it. */
  readonly clock: Clock;
  /** Names the cluster, for as long as it keeps its records. */
  clusterId(): Promise<string>;
  /** Throws UNKNOWN_TOPIC_OR_PARTITION when it does not exist. */
  topic(name: string): Promise<LogTopic>;
  /** The offset of the first record that is kept. */
  start(topic: string, partition: number, signal?: AbortSignal): Promise<bigint>;
  /** The offset after the last record, open transactions included (the high watermark). */
  end(topic: string, partition: number, signal?: AbortSignal): Promise<bigint>;
  /** The last stable offset: everything before it belongs to a transaction that has ended. */
  stableEnd(topic: string, partition: number, signal?: AbortSignal): Promise<bigint>;
  /** The offset of the first record that is as young as this (milliseconds since 1970-01-01 UTC), or the end. */
  offsetAtTime(topic: string, partition: number, time: number, signal?: AbortSignal): Promise<bigint>;
  /**
   * The committed records of a range, in chunks. It has ended when the position has reached `to`: the last offsets may be markers,
   * which are no records.
   */
  read(topic: string, partition: number, range: Range): AsyncIterable<Chunk>;
  /**
   * The record that stands at this offset, or the batch that cannot be read and has it in it; `marker` where a transaction's marker
   * stands; undefined when none stands there any more. NOT_STABLE, which is retryable, while somebody's open transaction hides it.
   */
  endedRecordAt(at: RecordPlace, signal: AbortSignal): Promise<EndedRecord | 'marker' | undefined>;
  /**
   * How far a group has come. Waits while a transaction is about to change that (KIP-447); one that stays open for more than two
   * seconds is told by UNSTABLE_OFFSET_COMMIT, which is retryable.
   */
  position(group: string, topic: string, partition: number, signal?: AbortSignal): Promise<StoredPosition>;
  /** Bytes that a record takes here when it is written alone, where no codec was chosen. */
  sizeOf(record: OutgoingRecord): number;
  /**
   * Makes sure that what is asked next about these topics is answered by the leaders of now (KIP-320): asks all brokers. Answers
   * whether all have answered; while most do not it throws LogError, retryable.
   */
  confirmLeaders(topics: readonly string[]): Promise<boolean>;
  /** The error that says whose open transaction hides what is to be read. Retryable: it may pass. */
  notStable(topic: string, partition: number): Promise<LogError>;
  /** The same log, whose questions wait for none of those that are asked here: one for each name, which closes with this one. */
  apart(name: string): Log;
  close(): Promise<void>;
}

import type { Surroundings } from '../time/clock.ts';
import { system } from '../time/system-clock.ts';
import type { RecordPlace, TopicPartition } from '../log/log.ts';
import type { Broken, OutgoingRecord } from '../log/record.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { MemoryTopics } from './memory-topics.ts';
import {
  type Delivery,
  type Ending,
  type Marker,
  TransactionCoordinator,
} from './transaction-coordinator.ts';

/** The state of a cluster in this process: topics, groups, transactions, and those who wait for something to change. */
export class MemoryBroker {
  readonly surroundings: Surroundings;
  readonly topics = new MemoryTopics(() => this.created());
  readonly transactions: TransactionCoordinator;
  /** How markers are written, from now on: one after the other, after EndTxn was answered, until somebody says otherwise. */
  delivery: Delivery = ({ write }) => void this.surroundings.clock.timer(0, write);
  /** What becomes of a request to commit: the outcome, until somebody says otherwise. */
  ending: Ending = () => 'answered';
  private readonly groups = new Map<string, GroupCoordinator>();
  private readonly listeners = new Set<() => void>();
  private members = 0;

  constructor(surroundings = system) {
    this.surroundings = surroundings;
    this.transactions = new TransactionCoordinator(surroundings.clock, (marker) => this.deliver(marker));
  }

  group(name: string): GroupCoordinator {
    const known = this.groups.get(name);
    if (known) return known;
    const group = new GroupCoordinator(
      this.surroundings.clock,
      name,
      (at) => this.topics.find(at) !== undefined,
      () => this.changed(),
    );
    this.groups.set(name, group);
    return group;
  }

  nextMember(): string {
    return `member-${++this.members}`;
  }

  /** Writes a record outside of any transaction. Throws UNKNOWN_TOPIC_OR_PARTITION and RecordTooLarge. */
  append(record: OutgoingRecord): bigint {
    const partition = this.topics.partition(record.topic, record.partition);
    this.topics.refuseTooLarge([record]);
    const offset = partition.append(record, this.surroundings.clock.now());
    this.changed();
    return offset;
  }

  /** Writes a batch that nobody can read, in the place of so many records; `batch` has its bytes as the value. */
  appendBroken(batch: OutgoingRecord, why: Omit<Broken, 'lastOffset'>, count = 1): bigint {
    const partition = this.topics.partition(batch.topic, batch.partition);
    const offset = partition.appendBroken(batch, this.surroundings.clock.now(), why, count);
    this.changed();
    return offset;
  }

  /** The group begins here, as a deployment would have it. */
  begin(group: string, at: TopicPartition, offset = 0n): void {
    this.group(group).commit({ group, ...at, offset, memberId: '', generation: -1 });
  }

  /** Lets everything before this offset go, as retention does. */
  trim({ topic, partition, offset }: RecordPlace): void {
    this.topics.partition(topic, partition).trim(offset);
    this.changed();
  }

  /** What this partition has open, and whose that is, in words; undefined when nothing is. */
  describeOpen({ topic, partition }: TopicPartition): string | undefined {
    const found = this.topics.partition(topic, partition);
    if (!found.open) return undefined;
    const { producerId, epoch, offset, since } = found.open;
    const who = `producer ${producerId}, epoch ${epoch} (${this.transactions.nameOf(producerId)})`;
    const from = `since ${new Date(since).toISOString()}, from offset ${offset} on`;
    const waiting = `(${found.highWatermark - offset} offsets wait)`;
    return `${who} has a transaction open on ${topic}-${partition} ${from} ${waiting}`;
  }

  /**
   * Calls back after every change: records that were written or let go, markers, positions, topics, and members that came or went.
   * Not after a fence: whoever is stuck fences again and again. Returns the way to stop.
   */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private created(): void {
    for (const group of this.groups.values()) group.goOn();
    this.changed();
  }

  private deliver(marker: Marker): void {
    const telling = (act: () => void) => () => {
      act();
      this.changed();
    };
    const { target, write, lose } = marker;
    this.delivery({ target, write: telling(write), lose: telling(lose) });
  }
}

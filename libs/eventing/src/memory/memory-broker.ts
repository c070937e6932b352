import type { TopicPartition } from '../log/log.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { MemoryTopics } from './memory-topics.ts';
import { type Delivery, type Marker, TransactionCoordinator } from './transaction-coordinator.ts';

/** The state of a cluster in this process: topics, groups, transactions, and those who wait for something to change. */
export class MemoryBroker {
  readonly topics = new MemoryTopics();
  readonly transactions = new TransactionCoordinator((marker) => this.deliver(marker));
  /** How markers are written, from now on: one after the other, after EndTxn was answered, until somebody says otherwise. */
  delivery: Delivery = ({ write }) => void setImmediate(write);
  private readonly groups = new Map<string, GroupCoordinator>();
  private readonly listeners = new Set<() => void>();
  private members = 0;

  group(name: string): GroupCoordinator {
    const known = this.groups.get(name);
    if (known) return known;
    const group = new GroupCoordinator(name, (topic) => this.topics.topic(topic).partitions.length);
    this.groups.set(name, group);
    return group;
  }

  nextMember(): string {
    return `member-${++this.members}`;
  }

  /** Writes a record outside of any transaction. */
  append(record: OutgoingRecord): bigint {
    const offset = this.topics.partition(record.topic, record.partition).append(record, Date.now());
    this.changed();
    return offset;
  }

  /** The group begins here, as a deployment would have it. */
  begin(group: string, at: TopicPartition, offset = 0n): void {
    this.group(group).commit({ group, ...at, offset, memberId: '', generation: -1 });
  }

  /** Calls back after every change; returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
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

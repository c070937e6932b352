import { EventTail, type LoggedEvent, type LogPosition } from '@atelier/eventing';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { unavailable } from '../problem/problem.ts';
import { isStreamed, LogVector } from './log-vector.ts';

type Partition = Omit<LogPosition, 'offset'>;

const keyOf = ({ topic, partition }: Partition) => `${topic} ${partition}`;

/**
 * The last events of all partitions, held once for all readers: a reader is a number in their sequence, so
 * however slow it is it costs no memory, and it misses what is dropped meanwhile.
 */
@Injectable()
export class RecentEvents implements OnModuleInit, OnModuleDestroy {
  /** How many are held. */
  readonly capacity: number = 5_000;
  /** The number of the next event to come. */
  next = 0;
  private readonly events = new Map<number, LoggedEvent>();
  /** By partition: the offset from which on nothing was dropped. */
  private readonly heldFrom = new Map<string, bigint>();
  private readonly listeners = new Set<() => void>();
  private stopFollowing = () => {};

  constructor(private readonly tail: EventTail) {}

  onModuleInit(): void {
    this.stopFollowing = this.tail.subscribe((event) => {
      if (isStreamed(event)) this.keep(event);
    });
  }

  onModuleDestroy(): void {
    this.stopFollowing();
  }

  /** The number of the oldest event that is held. */
  get oldest(): number {
    return this.next - this.events.size;
  }

  at(number: number): LoggedEvent | undefined {
    return this.events.get(number);
  }

  /** Where this process is in all partitions: what comes from now on is held. */
  position(): LogVector {
    const vector = LogVector.at(this.tail.positions());
    if (!vector) throw unavailable('The logs are not being followed yet');
    for (const position of vector.positions) {
      if (!this.heldFrom.has(keyOf(position))) this.heldFrom.set(keyOf(position), position.offset);
    }
    return vector;
  }

  /** The offset from which on every event of the partition is held. Known once the position was asked for. */
  completeFrom(partition: Partition): bigint {
    return this.heldFrom.get(keyOf(partition)) ?? 0n;
  }

  /** Calls the listener with each event from now on; returns the way to stop. */
  onArrival(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private keep(event: LoggedEvent): void {
    if (!this.heldFrom.has(keyOf(event))) this.heldFrom.set(keyOf(event), event.offset);
    this.events.set(this.next++, event);
    while (this.events.size > this.capacity) this.dropOldest();
    for (const listener of this.listeners) listener();
  }

  private dropOldest(): void {
    const number = this.oldest;
    const dropped = this.events.get(number);
    this.events.delete(number);
    if (dropped) this.heldFrom.set(keyOf(dropped), dropped.offset + 1n);
  }
}

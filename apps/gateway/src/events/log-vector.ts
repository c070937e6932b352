import { catalogue, InventoryEvents, OrdersEvents } from '@atelier/contracts';
import type { LogPosition } from '@atelier/eventing';
import { topicOf } from '@atelier/eventing/domain';
import { malformed } from '../problem/problem.ts';

type Partition = Omit<LogPosition, 'offset'>;

/** The partitions whose events are streamed, in the order of an id's fields. Clients keep ids: only append. */
const partitions: readonly Partition[] = [OrdersEvents, InventoryEvents].flatMap(({ topic }) =>
  Array.from({ length: topicOf(catalogue, topic).partitions }, (_, partition) => ({ topic, partition })),
);
const keyOf = ({ topic, partition }: Partition) => `${topic} ${partition}`;
const keys = partitions.map(keyOf);

/** Whether events of this partition are streamed; those of operators are not. */
export const isStreamed = (partition: Partition) => keys.includes(keyOf(partition));

/** A place in all logs at once: for each partition the offset from which on nothing was seen. */
export class LogVector {
  /** How an id of the stream is spelled: see `toString`. */
  static readonly pattern = String.raw`^[0-9a-z]{1,10}(\.[0-9a-z]{1,10}){${keys.length - 1}}$`;

  private readonly offsets: Map<string, bigint>;

  private constructor(offsets: readonly bigint[]) {
    this.offsets = new Map(keys.map((key, index) => [key, offsets[index] ?? 0n]));
  }

  /** Undefined unless the position in every partition is known. */
  static at(known: readonly LogPosition[]): LogVector | undefined {
    const offsets = new Map(known.map((position) => [keyOf(position), position.offset]));
    const complete = keys.every((key) => offsets.has(key));
    return complete ? new LogVector(keys.map((key) => offsets.get(key) ?? 0n)) : undefined;
  }

  /** Reads an id of the stream. */
  static parse(id: string): LogVector {
    if (!new RegExp(LogVector.pattern).test(id)) {
      throw malformed('Last-Event-ID is not an id of this stream', { header: 'Last-Event-ID' });
    }
    return new LogVector(id.split('.').map((field) => BigInt(Number.parseInt(field, 36))));
  }

  /** As an id of the stream: the offsets in base 36. */
  toString(): string {
    return keys.map((key) => this.offsets.get(key)?.toString(36)).join('.');
  }

  get positions(): readonly LogPosition[] {
    return partitions.map((partition) => ({ ...partition, offset: this.offsetIn(partition) }));
  }

  offsetIn(partition: Partition): bigint {
    return this.offsets.get(keyOf(partition)) ?? 0n;
  }

  /** Everything before this position was seen. */
  moveTo(position: LogPosition): void {
    this.offsets.set(keyOf(position), position.offset);
  }
}

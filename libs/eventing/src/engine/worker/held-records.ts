import type { ConsumedRecord } from '../../log/record.ts';

/** Bytes that the objects around one slice of a fetched buffer cost, about. */
const SLICE_BYTES = 128;

/** Bytes of memory that a record takes: its key, value and headers, and the objects that hold them. */
export function weightOf(record: ConsumedRecord): number {
  return payloadOf(record) + SLICE_BYTES * (2 + record.headers.length);
}

/** Bytes of its key, value and headers alone. */
export function payloadOf({ key, value, headers }: ConsumedRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of headers) bytes += name.length + (content?.length ?? 0);
  return bytes;
}

interface Entry {
  readonly record: ConsumedRecord;
  readonly weight: number;
}

/** Records that wait, and those that were taken and are still in somebody's hands, with their weight in bytes. */
export class HeldRecords {
  private waiting: Entry[] = [];
  private taken: Entry[] = [];
  private bytes = 0;

  /** Records that wait. */
  get count(): number {
    return this.waiting.length;
  }

  get head(): ConsumedRecord | undefined {
    return this.waiting[0]?.record;
  }

  /** Weight of all that is held. */
  get weight(): number {
    return this.bytes;
  }

  add(records: readonly ConsumedRecord[]): void {
    for (const record of records) {
      const weight = weightOf(record);
      this.waiting.push({ record, weight });
      this.bytes += weight;
    }
  }

  /** The next records: at most `max`, and no more than weigh so much, but always one. What was taken before is let go. */
  take(max: number, maxWeight: number): ConsumedRecord[] {
    this.letGo();
    let weight = 0;
    const end = this.waiting.findIndex((entry, index) => {
      weight += entry.weight;
      return index > 0 && (index >= max || weight > maxWeight);
    });
    this.taken = this.waiting.splice(0, end < 0 ? this.waiting.length : end);
    return this.taken.map(({ record }) => record);
  }

  /** The last `count` records that were taken wait again, before all others. */
  putBack(count: number): void {
    if (count > 0) this.waiting.unshift(...this.taken.splice(-count));
  }

  /** What was taken has been dealt with. */
  letGo(): void {
    for (const { weight } of this.taken) this.bytes -= weight;
    this.taken = [];
  }

  clear(): void {
    this.waiting = [];
    this.taken = [];
    this.bytes = 0;
  }
}

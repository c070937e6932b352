/** Reads what ByteWriter writes, in the same order. Reading behind the end throws a RangeError. */
export class ByteReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  int8(): number {
    return this.bytes.readInt8(this.past(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.past(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.past(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.past(8));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const size = this.int16();
    if (size < 0) return null;
    const start = this.past(size);
    return this.bytes.toString('utf8', start, start + size);
  }

  /** A view, not a copy. */
  sized(): Buffer {
    const size = Math.max(0, this.int32());
    const start = this.past(size);
    return this.bytes.subarray(start, start + size);
  }

  /** An array that is null is read as an empty one. */
  array<T>(read: () => T): T[] {
    const count = Math.max(0, this.int32());
    const items: T[] = [];
    for (let index = 0; index < count; index++) items.push(read());
    return items;
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.past(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A string of the versions with compact types (KIP-482); one that is null is read as an empty one. */
  compactString(): string {
    const size = Math.max(0, this.uvarint() - 1);
    const start = this.past(size);
    return this.bytes.toString('utf8', start, start + size);
  }

  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, () => read());
  }

  /** Fields that a version may add. None of them is read here. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.past(this.uvarint());
    }
  }

  private past(size: number): number {
    const start = this.at;
    this.at += size;
    if (this.at > this.bytes.length) throw new RangeError('The answer ends before it is complete');
    return start;
  }
}

/** A growing buffer for the parts of the Kafka protocol that are written here. Big-endian, as the protocol asks. */
export class Writer {
  private bytes: Buffer;
  private length = 0;

  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  get size(): number {
    return this.length;
  }

  int8(value: number): this {
    const at = this.room(1);
    this.bytes[at] = value & 0xff;
    return this;
  }

  int16(value: number): this {
    const at = this.room(2);
    this.bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.room(4);
    this.bytes.writeInt32BE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.room(4);
    this.bytes.writeUInt32BE(value, at);
    return this;
  }

  int64(value: bigint): this {
    const at = this.room(8);
    this.bytes.writeBigInt64BE(value, at);
    return this;
  }

  /** Nullable string with a 16-bit length. */
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    return this.int16(Buffer.byteLength(value)).raw(value);
  }

  /** Zigzag varint, as records use it. Values up to 31 bits. */
  varint(value: number): this {
    return this.uvarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Zigzag varint of up to 53 bits: timestamp deltas, which are never negative here. */
  varlong(value: number): this {
    let rest = value * 2;
    while (rest > 127) {
      this.int8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    return this.int8(rest);
  }

  uvarint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.int8((rest & 127) | 128);
      rest >>>= 7;
    }
    return this.int8(rest);
  }

  /** String of a flexible version (KIP-482): length + 1 as an unsigned varint, 0 for null. */
  compactString(value: string | null): this {
    if (value === null) return this.uvarint(0);
    return this.uvarint(Buffer.byteLength(value) + 1).raw(value);
  }

  raw(value: Buffer | string): this {
    if (typeof value === 'string') {
      const at = this.room(Buffer.byteLength(value));
      this.bytes.write(value, at);
    } else {
      const at = this.room(value.length);
      value.copy(this.bytes, at);
    }
    return this;
  }

  /** Overwrites four bytes that were left free. */
  putInt32(at: number, value: number): void {
    this.bytes.writeInt32BE(value, at);
  }

  putUInt32(at: number, value: number): void {
    this.bytes.writeUInt32BE(value, at);
  }

  putInt16(at: number, value: number): void {
    this.bytes.writeInt16BE(value, at);
  }

  /** Drops what was written from here on. */
  cut(at: number): this {
    this.length = at;
    return this;
  }

  slice(from: number, to = this.length): Buffer {
    return this.bytes.subarray(from, to);
  }

  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length));
      this.bytes.copy(larger, 0, 0, at);
      this.bytes = larger;
    }
    return at;
  }
}

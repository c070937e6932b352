/** Writes the primitive types of the Kafka protocol, big-endian, in its versions without compact types. */
export class ByteWriter {
  private bytes = Buffer.alloc(512);
  private length = 0;

  int8(value: number): this {
    const at = this.room(1);
    this.bytes.writeInt8(value, at);
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

  int64(value: bigint): this {
    const at = this.room(8);
    this.bytes.writeBigInt64BE(value, at);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const text = Buffer.from(value);
    return this.int16(text.length).raw(text);
  }

  sized(value: Buffer): this {
    return this.int32(value.length).raw(value);
  }

  raw(value: Buffer): this {
    const at = this.room(value.length);
    value.copy(this.bytes, at);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    items.forEach(write);
    return this;
  }

  uvarint(value: number): this {
    let left = value;
    for (; left > 0x7f; left = Math.floor(left / 0x80)) this.byte((left & 0x7f) | 0x80);
    return this.byte(left);
  }

  /** The types of versions with compact types (KIP-482). */
  compactString(value: string): this {
    const text = Buffer.from(value);
    return this.uvarint(text.length + 1).raw(text);
  }

  compactArray<T>(items: readonly T[], write: (item: T) => void): this {
    this.uvarint(items.length + 1);
    items.forEach(write);
    return this;
  }

  /** No tagged fields. */
  tags(): this {
    return this.uvarint(0);
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private byte(value: number): this {
    const at = this.room(1);
    this.bytes.writeUInt8(value, at);
    return this;
  }

  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length)
      this.bytes = Buffer.concat([this.bytes], Math.max(this.length, 2 * this.bytes.length));
    return at;
  }
}

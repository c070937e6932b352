import { headerName } from '../../log/text.ts';

/** The scale of the tenth byte. */
const LAST_OF_VARLONG = 128 ** 9;

/** Walks over the bytes of a response. Reading past the end throws RangeError: no length and no count moves it out of them. */
export class Reader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at);
    this.at += 2;
    return value;
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.at);
    this.at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.bytes.readBigInt64BE(this.at);
    this.at += 8;
    return value;
  }

  string(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.text(length);
  }

  /** Zigzag varint of up to 32 bits. */
  varint(): number {
    const value = this.uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Zigzag varint of up to 53 bits. */
  varlong(): number {
    let value = 0;
    for (let scale = 1; scale <= LAST_OF_VARLONG; scale *= 128) {
      const byte = this.octet();
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number of more than 10 bytes');
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.octet();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw new RangeError('a number of more than 5 bytes');
  }

  /** Bytes with a zigzag length, -1 for null. A view: it keeps the whole response in memory. */
  varbytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.raw(length);
  }

  compactString(): string | null {
    const length = this.uvarint();
    return length === 0 ? null : this.text(length - 1);
  }

  /** Skips the tagged fields of a flexible version (KIP-482). */
  tags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint();
      this.raw(this.uvarint());
    }
  }

  array<T>(read: () => T): T[] {
    return this.items(this.int32(), read);
  }

  compactArray<T>(read: () => T): T[] {
    return this.items(this.uvarint() - 1, read);
  }

  raw(length: number): Buffer {
    const from = this.pass(length);
    return this.bytes.subarray(from, this.at);
  }

  text(length: number): string {
    const from = this.pass(length);
    return this.bytes.toString('utf8', from, this.at);
  }

  /** The name of a header of a record, which probably is this one: then it need not be made again. */
  name(length: number, probably = ''): string {
    const from = this.pass(length);
    return this.isAscii(from, probably) ? probably : headerName(this.bytes, from, this.at);
  }

  /** Whether all that was passed since `from` is this text, and ASCII. */
  private isAscii(from: number, text: string): boolean {
    if (this.at - from !== text.length) return false;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127 || code !== this.bytes[from + index]) return false;
    }
    return true;
  }

  private pass(length: number): number {
    if (length < 0 || length > this.left) throw new RangeError(`${length} bytes wanted, ${this.left} left`);
    this.at += length;
    return this.at - length;
  }

  private items<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }

  private octet(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('the bytes ended inside a number');
    return byte;
  }
}

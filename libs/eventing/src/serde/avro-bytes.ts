import { EventingError } from '../domain/index.ts';
import { isText } from '../log/text.ts';

/** Bytes that are no value of their schema: says where in the value, what is wrong, and at which byte. */
export class MalformedAvro extends EventingError {
  constructor(message: string, byte: number) {
    super('MALFORMED_AVRO', message, { fields: { byte } });
  }
}

/** Records, arrays and maps within one another: more would be a matter of the stack of whoever reads them. */
const MOST_NESTED = 1_000;
const PROTO = Buffer.from('__proto__');

/**
 * Walks over a value in Avro's binary encoding, and believes none of its lengths and counts. What is
 * announced must be there: bytes as such, and items of which there are no more in all than the value has bytes. Throws
 * MalformedAvro.
 */
export class AvroBytes {
  private readonly bytes: Buffer;
  private at: number;
  /** Items that are still to be had. Those of `null`, or of records without fields, take no bytes of their own. */
  private items: number;
  private readonly path: (string | number | undefined)[] = [];
  private depth = 0;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.items = bytes.length - at;
  }

  /** Goes into a record, an array or a map; `step` then names the field or the item. */
  enter(): void {
    if (this.depth === MOST_NESTED) this.refuse(`is nested more than ${MOST_NESTED} times`);
    this.path[this.depth++] = undefined;
  }

  step(to: string | number): void {
    this.path[this.depth - 1] = to;
  }

  leave(): void {
    this.depth--;
  }

  boolean(): void {
    const byte = this.octet();
    if (byte > 1) this.refuse(`is ${byte}, and no boolean`);
  }

  int(): void {
    this.varint(5, 15);
  }

  /** Not exact beyond 2^53, which no length and no count is. */
  long(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined || byte > 127) return this.varint(10, 1);
    this.at++;
    return (byte >>> 1) ^ -(byte & 1);
  }

  /** Of a union or an enum. */
  index(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) this.refuse(`is number ${index} of ${count}`);
    return index;
  }

  skip(length: number): void {
    if (length < 0 || length > this.left) this.refuse(`has ${length} bytes, and ${this.left} are left`);
    this.at += length;
  }

  /** Bytes behind their length. Answers the offset of the first one. */
  binary(): number {
    const length = this.long();
    const from = this.at;
    this.skip(length);
    return from;
  }

  text(): number {
    const from = this.binary();
    if (!isText(this.bytes, from, this.at)) this.refuse('is not valid UTF-8');
    return from;
  }

  /** The key of an entry in a map. No object here can hold one that is named `__proto__`. */
  key(): void {
    const from = this.text();
    if (this.at - from === PROTO.length && this.bytes.subarray(from, this.at).equals(PROTO))
      this.refuse('has the key __proto__');
  }

  /** The items of an array or a map, in blocks; a block with a negative count tells its size in bytes, too. */
  blocks(item: (bytes: AvroBytes) => void): void {
    this.enter();
    for (let [index, count] = [0, this.long()]; count !== 0; count = this.long()) {
      const size = count < 0 ? this.long() : undefined;
      const from = this.at;
      for (let rest = this.taken(Math.abs(count)); rest > 0; rest--) {
        this.step(index++);
        item(this);
      }
      if (size !== undefined && this.at - from !== size)
        this.refuse(`follows a block of ${this.at - from} bytes that says it has ${size}`);
    }
    this.leave();
  }

  end(): void {
    if (this.left > 0) this.refuse(`${this.left} bytes are left behind it`);
  }

  private get left(): number {
    return this.bytes.length - this.at;
  }

  private taken(count: number): number {
    if (count > this.items) this.refuse(`announces ${count} items, and ${this.left} bytes are left`);
    this.items -= count;
    return count;
  }

  /** Up to so many bytes, the last one no larger than given. */
  private varint(most: number, last: number): number {
    let value = 0;
    for (let [scale, count] = [1, 1]; ; scale *= 128, count++) {
      const byte = this.octet();
      if (count === most && byte > last) this.refuse(`is a number of more than ${most === 5 ? 32 : 64} bits`);
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  private octet(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) this.refuse('is missing: the bytes end here');
    this.at++;
    return byte as number;
  }

  private refuse(what: string): never {
    const steps = this.path.slice(0, this.depth).filter((step) => step !== undefined);
    const path = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    throw new MalformedAvro(
      `${path.replace(/^\./, '') || 'The value'} ${what} (byte ${this.at} of ${this.bytes.length})`,
      this.at,
    );
  }
}

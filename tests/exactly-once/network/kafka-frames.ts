const SIZE_BYTES = 4;

/** Splits a stream of bytes into Kafka's frames, each with the four bytes of its size. */
export class KafkaFrames {
  private chunks: Buffer[] = [];
  private length = 0;
  private needed = SIZE_BYTES;

  /** The frames that these bytes complete. */
  split(chunk: Buffer): readonly Buffer[] {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length < this.needed) return [];
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const frames: Buffer[] = [];
    for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
      frames.push(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    this.chunks = [rest];
    this.length = rest.length;
    this.needed = rest.length < SIZE_BYTES ? SIZE_BYTES : sizeOf(rest);
    return frames;
  }
}

/** The size of the first frame, its size field included; unknown, and so infinite, before that field is there. */
const sizeOf = (bytes: Buffer) => (bytes.length < SIZE_BYTES ? Infinity : SIZE_BYTES + bytes.readInt32BE(0));

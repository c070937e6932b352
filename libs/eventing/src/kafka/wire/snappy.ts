import { compressSync, uncompressSync } from 'snappy';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** The frame of snappy-java, in which Kafka's own client writes: this, two versions, then blocks with their lengths. */
const MAGIC = Buffer.from('\x82SNAPPY\0', 'latin1');
const VERSION = 1;
/** Bytes of one block before it is compressed, as snappy-java has them. */
const BLOCK_BYTES = 32 * 1024;

export function snappyCompress(bytes: Buffer): Buffer {
  const writer = new Writer(bytes.length / 2 + 64).raw(MAGIC).int32(VERSION).int32(VERSION);
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = compressSync(bytes.subarray(at, at + BLOCK_BYTES));
    writer.int32(block.length).raw(block);
  }
  return writer.slice(0);
}

/** Takes the frame of snappy-java, and one block without any frame, which other clients write. */
export function snappyDecompress(bytes: Buffer, limit: number): Buffer {
  const blocks = bytes.subarray(0, MAGIC.length).equals(MAGIC) ? framed(bytes) : [bytes];
  const announced = blocks.reduce((sum, block) => sum + new Reader(block).uvarint(), 0);
  if (announced > limit) throw new RangeError(`it comes to ${announced} bytes, more than ${limit}`);
  return Buffer.concat(blocks.map((block) => uncompressSync(block, { asBuffer: true }) as Buffer));
}

function framed(bytes: Buffer): Buffer[] {
  const reader = new Reader(bytes, MAGIC.length + 8);
  const blocks: Buffer[] = [];
  while (reader.left > 0) blocks.push(reader.raw(reader.int32()));
  return blocks;
}

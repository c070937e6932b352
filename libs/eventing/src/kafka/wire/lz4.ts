import { compressFrameSync, decompressFrameSync } from 'lz4-napi';

const CONTENT_SIZE = 0x08;
const BLOCK_CHECKSUMS = 0x10;
const DICTIONARY = 0x01;
const STORED = 0x80000000;

export const lz4Compress = (bytes: Buffer): Buffer => compressFrameSync(bytes);

/** Takes one LZ4 frame, as batches of format 2 have it. What it comes to is counted before memory is spent on it. */
export function lz4Decompress(bytes: Buffer, limit: number): Buffer {
  const size = expandedSize(bytes, limit);
  if (size > limit) throw new RangeError(`it comes to more than ${limit} bytes`);
  return decompressFrameSync(bytes);
}

/** Bytes that a frame announces, or its blocks come to; counting ends above `limit`. Throws RangeError when it is cut short. */
function expandedSize(frame: Buffer, limit: number): number {
  const flags = frame.readUInt8(4);
  let at = 6;
  if (flags & CONTENT_SIZE && frame.readBigUInt64LE(at) > BigInt(limit)) return Infinity;
  at += (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0) + 1;
  let size = 0;
  while (size <= limit) {
    const header = frame.readUInt32LE(at);
    if (header === 0) return size;
    const length = header % STORED;
    const block = frame.subarray(at + 4, at + 4 + length);
    size += header >= STORED ? length : expandedBlock(block);
    at += 4 + length + (flags & BLOCK_CHECKSUMS ? 4 : 0);
  }
  return size;
}

/** The lengths of all literals and matches of a block, which follow a token of four bits each. */
function expandedBlock(block: Buffer): number {
  let at = 0;
  const length = (start: number): number => {
    let sum = start;
    for (let byte = start === 15 ? 255 : 0; byte === 255; sum += byte) byte = block.readUInt8(at++);
    return sum;
  };
  for (let size = 0; ;) {
    const token = block.readUInt8(at++);
    const literals = length(token >> 4);
    size += literals;
    at += literals;
    // The last sequence is of literals alone; others go on with two bytes of where to copy from.
    if (at >= block.length) return size;
    at += 2;
    size += length(token & 15) + 4;
  }
}

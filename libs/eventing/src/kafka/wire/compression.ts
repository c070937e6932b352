import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { lz4Compress, lz4Decompress } from './lz4.ts';
import { snappyCompress, snappyDecompress } from './snappy.ts';

/** The codecs of record batches (KIP-110 has the last of them). Their index here is their number in a batch. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

interface Compression {
  readonly compress: (bytes: Buffer) => Buffer;
  /** Throws an Error for bytes that are none of its own, and for those that come to more than `limit`. */
  readonly decompress: (bytes: Buffer, limit: number) => Buffer;
}

const compressions: Readonly<Record<Codec, Compression>> = {
  none: { compress: (bytes) => bytes, decompress: (bytes) => bytes },
  gzip: {
    compress: (bytes) => gzipSync(bytes),
    decompress: (bytes, limit) => gunzipSync(bytes, { maxOutputLength: limit }),
  },
  snappy: { compress: snappyCompress, decompress: snappyDecompress },
  lz4: { compress: lz4Compress, decompress: lz4Decompress },
  zstd: {
    compress: (bytes) => zstdCompressSync(bytes),
    decompress: (bytes, limit) => zstdDecompressSync(bytes, { maxOutputLength: limit }),
  },
};

export const compress = (codec: Codec, bytes: Buffer): Buffer => compressions[codec].compress(bytes);

/** At most `limit` bytes, or an Error: no more memory than that is spent on finding out. */
export function decompress(codec: Codec, bytes: Buffer, limit: number): Buffer {
  try {
    return compressions[codec].decompress(bytes, limit);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw cause;
  }
}

export const tooLarge = (limit: number) => new RangeError(`it comes to more than ${limit} bytes`);

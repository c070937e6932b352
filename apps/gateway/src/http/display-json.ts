import { isUtf8 } from 'node:buffer';

/**
 * The data of any message as JSON can say it, whatever is in it: a bigint as a number, or as text where a number has
 * not enough digits; bytes in hexadecimal digits.
 */
export function displayJson(data: unknown): unknown {
  if (typeof data === 'bigint') return Number.isSafeInteger(Number(data)) ? Number(data) : String(data);
  if (data instanceof Uint8Array) return hex(data);
  if (Array.isArray(data)) return data.map(displayJson);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, displayJson(value)]));
}

/** Bytes as the text that they are in UTF-8, or else hexadecimal digits after 0x. */
export const textOf = (bytes: Buffer) => (isUtf8(bytes) ? bytes.toString() : `0x${hex(bytes)}`);

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

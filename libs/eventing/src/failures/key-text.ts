import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/**
 * A key for people, and for tables: its text, or hex after `0x` when it is not UTF-8. Text that looks like such hex is
 * told in hex, too, so that each text stands for one key.
 */
export function keyText(key: Buffer): string {
  const text = key.toString();
  return isTableText(key) && !HEX.test(text) ? text : `0x${key.toString('hex')}`;
}

/** The key that `keyText` has told. */
export function keyBytes(text: string): Buffer {
  const hex = HEX.exec(text)?.[1];
  return hex === undefined ? Buffer.from(text) : Buffer.from(hex, 'hex');
}

const HEX = /^0x((?:[\da-f]{2})*)$/;

/** Tables take no zero bytes. */
const isTableText = (key: Buffer) => isUtf8(key) && !key.includes(0);

/** Characters that an index of Postgres takes, by far. */
const INDEXED = 1_000;

/** The key of a table's row: its text, or a hash where that is too long for an index. */
export function keyInTable(key: Buffer): string {
  const text = keyText(key);
  return text.length <= INDEXED ? text : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

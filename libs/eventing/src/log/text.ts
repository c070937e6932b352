import { isUtf8 } from 'node:buffer';

/** Bytes up to which a loop finds out sooner than a call that they are ASCII. */
const SHORT = 64;

/** Whether these bytes are UTF-8. What is not would be read with U+FFFD in it, and nobody would know. */
export function isText(bytes: Buffer, from = 0, to = bytes.length): boolean {
  if (to - from <= SHORT && isAscii(bytes, from, to)) return true;
  return isUtf8(to - from === bytes.length ? bytes : bytes.subarray(from, to));
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > 127) return false;
  return true;
}

/** Bytes from 128 on stand in names as lone surrogates, as in PEP 383 (surrogateescape). */
const ESCAPE = 0xdc00;

/** The name of a header. Brokers take any bytes: those that are not UTF-8 are escaped, so that a copy has them again. */
export function headerName(bytes: Buffer, from = 0, to = bytes.length): string {
  if (isText(bytes, from, to)) return bytes.toString('utf8', from, to);
  const escaped = (byte: number) => String.fromCharCode(byte < 128 ? byte : ESCAPE + byte);
  return Array.from(bytes.subarray(from, to), escaped).join('');
}

/** What is written of a header's name: as it is, or the bytes that `headerName` has escaped. */
export function writtenName(name: string): string | Buffer {
  return name.isWellFormed() ? name : Buffer.from(name, 'latin1');
}

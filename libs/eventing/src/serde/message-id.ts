import { createHash } from 'node:crypto';

const NAMESPACE = Buffer.from('6f1d2ad2b5c4527e9d0b53c1a3a7e3f4', 'hex');

/**
 * The id of the n-th message that another message caused: UUIDv5 (RFC 9562) of both, so a repeat or a replay
 * gives the same id and is recognised.
 */
export function derivedId(causationId: string, purpose: string, index: number): string {
  const hash = createHash('sha1').update(NAMESPACE).update(`${causationId}/${purpose}/${index}`).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

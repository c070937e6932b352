import { createHash } from 'node:crypto';

const commandNamespace = '0b6e7a52-5c0d-4c39-9a4e-5f7f3c1d8e21';
const orderNamespace = 'c9a1d7d4-2f6b-4a8e-8b73-64e0f92b5d17';

/** The id of the command that a client's request becomes: the same for each repeat of the request. */
export const commandId = (client: string, idempotencyKey: string) =>
  uuidV5(commandNamespace, JSON.stringify([client, idempotencyKey]));

/** The id of the order that a client's request places: the same for each repeat of the request. */
export const orderIdFor = (client: string, idempotencyKey: string) =>
  uuidV5(orderNamespace, JSON.stringify([client, idempotencyKey]));

/** Bytes. Two ids of this length fit into one entry of a Postgres index, which takes 2,704. */
export const LONGEST_ID = 1_000;

/** Whether no index of a read model would take it. */
export const isIdTooLong = (id: string) => Buffer.byteLength(id) > LONGEST_ID;

/** RFC 9562, section 5.5: the SHA-1 of namespace and name, with version and variant set. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

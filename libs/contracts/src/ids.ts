import { v5 as uuidV5 } from 'uuid';

const commandNamespace = '0b6e7a52-5c0d-4c39-9a4e-5f7f3c1d8e21';
const orderNamespace = 'c9a1d7d4-2f6b-4a8e-8b73-64e0f92b5d17';

/** The id of the command that a client's request becomes: the same for each repeat of the request. */
export const commandId = (client: string, idempotencyKey: string) =>
  uuidV5(JSON.stringify([client, idempotencyKey]), commandNamespace);

/** The id of the order that a client's request places: the same for each repeat of the request. */
export const orderIdFor = (client: string, idempotencyKey: string) =>
  uuidV5(JSON.stringify([client, idempotencyKey]), orderNamespace);

/** Bytes. Two ids of this length fit into one entry of a Postgres index, which takes 2,704. */
export const LONGEST_ID = 1_000;

/** Whether no index of a read model would take it. */
export const isIdTooLong = (id: string) => Buffer.byteLength(id) > LONGEST_ID;

import { ByteReader } from '../../harness/log/byte-reader.ts';
import { clientIdOf, type KafkaRequest } from './kafka-requests.ts';

const INIT_PRODUCER_ID = 22;
const ADD_OFFSETS_TO_TXN = 25;
const END_TXN = 26;
const TXN_OFFSET_COMMIT = 28;

/** Of the process of this name: its clients have names that begin with it. */
export const isOf = (request: KafkaRequest, instance: string) =>
  `${clientIdOf(request)}-`.startsWith(`${instance}-`);

export const isTxnOffsetCommit = ({ apiKey }: KafkaRequest) => apiKey === TXN_OFFSET_COMMIT;

/** Sent before the positions of a group, in version 1 of transactions only. */
export const isAddOffsetsToTxn = ({ apiKey }: KafkaRequest) => apiKey === ADD_OFFSETS_TO_TXN;

/** An EndTxn that commits. */
export const isCommit = ({ apiKey, apiVersion, bytes }: KafkaRequest) =>
  apiKey === END_TXN && bytes[bytes.length - (apiVersion < 3 ? 1 : 2)] === 1;

/** Only version 2 of transactions has these (KIP-890). */
export const isOfVersion2 = ({ apiKey, apiVersion }: KafkaRequest) =>
  (apiKey === END_TXN || apiKey === TXN_OFFSET_COMMIT) && apiVersion >= 5;

/** The transactional id that an InitProducerId asks for, in the versions before the second. */
export function initialisedId({ apiKey, bytes }: KafkaRequest): string | undefined {
  if (apiKey !== INIT_PRODUCER_ID) return undefined;
  const body = new ByteReader(bytes.subarray(8));
  body.nullableString();
  return body.string();
}

/** The group of a TxnOffsetCommit, from version 3 on. */
export function groupOf({ bytes }: KafkaRequest): string {
  const body = new ByteReader(bytes.subarray(8));
  body.nullableString();
  body.tags();
  body.compactString();
  return body.compactString();
}

/** The first error code of an answer to TxnOffsetCommit, from version 3 on; 0 when there is none. */
export function txnOffsetCommitError(answer: Buffer): number {
  const body = new ByteReader(answer);
  body.tags();
  body.int32();
  const codes = body.compactArray(() => {
    body.compactString();
    const ofTopic = body.compactArray(() => {
      body.int32();
      const code = body.int16();
      body.tags();
      return code;
    });
    body.tags();
    return ofTopic;
  });
  return codes.flat().find((code) => code !== 0) ?? 0;
}

/** Whose positions a process has in its transaction, as its requests say. To be told each of them, in their order. */
export class CycleGroups {
  readonly groups = new Set<string>();
  private readonly instance: string;
  private over = true;

  constructor(instance: string) {
    this.instance = instance;
  }

  /** With the last request of a transaction its groups are still known. */
  readonly note = (request: KafkaRequest): void => {
    if (!isOf(request, this.instance)) return;
    const { apiKey } = request;
    if (apiKey === END_TXN || apiKey === INIT_PRODUCER_ID) this.over = true;
    if (apiKey !== TXN_OFFSET_COMMIT) return;
    if (this.over) this.groups.clear();
    this.over = false;
    this.groups.add(groupOf(request));
  };
}

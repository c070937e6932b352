import type { Message, Received } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { toMetadata } from './cloud-events.ts';
import type { MessageCodec } from './message-codec.ts';

/** A message with its place in the log, for handlers that keep it. */
export type Placed<M extends Message = Message> = Received<M> & {
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: bigint };
};

/** A record, and the message in it or the reason why there is none. */
export type Opened =
  | { readonly record: ConsumedRecord; readonly message: Placed }
  | { readonly record: ConsumedRecord; readonly error: Error };

/** The type of message that a record says it holds. */
export const typeIn = ({ headers }: ConsumedRecord) => header(headers, 'ce_type');

/** Who handles a record, for people: the group, and the type of message where the record says it. */
export const handlerOf = (group: string, record: ConsumedRecord) => `${group} ${typeIn(record) ?? ''}`.trim();

/** Whether a record may be of a wanted type: it says so, or says nothing, and only decoding it would tell. */
export function mayBe(record: ConsumedRecord, wanted: (type: string) => boolean): boolean {
  const type = typeIn(record);
  return type === undefined || wanted(type);
}

/** What may hold messages: not the bytes of a batch that cannot be read. */
export const valuesOf = (records: readonly ConsumedRecord[]) =>
  records.filter(({ broken }) => !broken).map(({ value }) => value);

/** The message in a record, and its metadata. Throws Undecodable, or BrokenBatch; prepare the codec with its value first. */
export function decoded(codec: MessageCodec, record: ConsumedRecord): Placed {
  const { topic, partition, offset, broken } = record;
  if (broken) throw broken.error;
  const message = codec.decode(record.value);
  return { ...message, metadata: toMetadata(record), position: { topic, partition, offset } };
}

/** Decodes records whose `ce_type` is wanted, or is missing. Rejects when the registry does not answer. */
export async function open(
  codec: MessageCodec,
  records: readonly ConsumedRecord[],
  wanted: (type: string) => boolean,
): Promise<Opened[]> {
  const chosen = records.filter((record) => mayBe(record, wanted));
  await codec.prepare(valuesOf(chosen));
  return chosen
    .map((record) => openOne(codec, record))
    .filter((opened) => 'error' in opened || wanted(opened.message.type));
}

function openOne(codec: MessageCodec, record: ConsumedRecord): Opened {
  try {
    return { record, message: decoded(codec, record) };
  } catch (error) {
    return { record, error: error as Error };
  }
}

import type { Message, Received } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { toMetadata } from './cloud-events.ts';
import { type MessageCodec, Undecodable } from './message-codec.ts';

/** A message with its place in the log, for handlers that keep it. */
export type Placed<M extends Message = Message> = Received<M> & {
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: bigint };
};

/** A record, and the message in it or the reason why there is none. */
export type Opened =
  | { readonly record: ConsumedRecord; readonly message: Placed }
  | { readonly record: ConsumedRecord; readonly error: Error };

/** Who handles a record, for people: the group, and the type of message where the record says it. */
export const handlerOf = (group: string, { headers }: ConsumedRecord) =>
  `${group} ${header(headers, 'ce_type') ?? ''}`.trim();

/**
 * Whether a record is of a wanted type, or is no message of its topic, and fails when it is decoded: what nobody knows is not passed
 * over. Its schema says what it is, as it does to deciders; `ce_type` is for people. Prepare the codec with its value first.
 */
export function mayBe(
  codec: MessageCodec,
  { topic, value, broken }: ConsumedRecord,
  wanted: (type: string) => boolean,
): boolean {
  const type = broken ? undefined : codec.typeIn(value);
  return !type || !codec.mayBeOn(topic, type) || wanted(type.type as string);
}

/** What may hold messages: not the bytes of a batch that cannot be read. */
export const valuesOf = (records: readonly ConsumedRecord[]) =>
  records.filter(({ broken }) => !broken).map(({ value }) => value);

/**
 * The message in a record, and its metadata. Throws Undecodable, also for a message of another topic, or BrokenBatch; prepare the codec
 * with its value first.
 */
export function decoded(codec: MessageCodec, record: ConsumedRecord): Placed {
  const { topic, partition, offset, broken } = record;
  if (broken) throw broken.error;
  const message = codec.decode(record.value);
  const type = codec.typeOf(message.type);
  if (!codec.mayBeOn(topic, type))
    throw new Undecodable(`${message.type} belongs on ${type.topic}: it is no message of ${topic}`);
  return { ...message, metadata: toMetadata(record), position: { topic, partition, offset } };
}

/** Decodes records of wanted types, and tells of those that cannot be decoded. Rejects when the registry does not answer. */
export async function open(
  codec: MessageCodec,
  records: readonly ConsumedRecord[],
  wanted: (type: string) => boolean,
): Promise<Opened[]> {
  await codec.prepare(valuesOf(records));
  return records.filter((record) => mayBe(codec, record, wanted)).map((record) => openOne(codec, record));
}

function openOne(codec: MessageCodec, record: ConsumedRecord): Opened {
  try {
    return { record, message: decoded(codec, record) };
  } catch (error) {
    return { record, error: error as Error };
  }
}

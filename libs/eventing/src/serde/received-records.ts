import type { Message, Metadata, Part, Received } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { toMetadata } from './cloud-events.ts';
import { type MessageCodec, type Original, Undecodable } from './message-codec.ts';
import { derivedId } from './message-id.ts';
import { type UnknownRecords, WaitsForRelease } from './unknown-records.ts';

/** What a message was before it was upcast, and which of the messages that were made of it this one is: `part` of `parts`, from 0. */
export interface Was extends Original {
  readonly part: number;
  readonly parts: number;
}

/** A message with its place in the log, for handlers that keep it. */
export type Placed<M extends Message = Message> = Received<M> & {
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: bigint };
  /** Of a message that was written as another type. */
  readonly was?: Was;
};

/** A record, and the messages in it or the reason why there are none. */
export type Opened =
  | { readonly record: ConsumedRecord; readonly messages: readonly Placed[] }
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
  return !type || !codec.mayBeOn(topic, type) || codec.newestOf(type).some(wanted);
}

/** What may hold messages: not the bytes of a batch that cannot be read. */
export const valuesOf = (records: readonly ConsumedRecord[]) =>
  records.filter(({ broken }) => !broken).map(({ value }) => value);

/**
 * The messages in a record, and their metadata: one, unless it was upcast to several. Throws Undecodable, also for a message of another
 * topic, UpcastFailed, or BrokenBatch; prepare the codec with its value first.
 */
export function messagesIn(codec: MessageCodec, record: ConsumedRecord): readonly Placed[] {
  const { topic, partition, offset, broken } = record;
  if (broken) throw broken.error;
  const { parts: read, original } = codec.read(record.value);
  const written = original?.type ?? (read[0] as Part).message.type;
  const type = codec.typeOf(written);
  if (!codec.mayBeOn(topic, type))
    throw new Undecodable(`${written} belongs on ${type.topic}: it is no message of ${topic}`);
  const metadata = toMetadata(record);
  const position = { topic, partition, offset };
  const parts = read.length;
  return read.map(({ message, path }, part) => ({
    ...message,
    metadata: partMetadata(metadata, path),
    position,
    ...(original && { was: { ...original, part, parts } }),
  }));
}

/**
 * Metadata of one of the messages that an old one has become. The first goes on under its id, so that whoever has handled it before
 * knows it again; the ids of the others are derived from that, their types and which of its type each is, so that an upcaster may be mended
 * to give more. All have the version of the one event that stands in the log.
 */
export const partMetadata = (metadata: Metadata, path: Part['path']): Metadata =>
  path === '' ? metadata : { ...metadata, id: derivedId(metadata.id, `upcast${path}`, 0) };

/**
 * Decodes records of wanted types, and tells of those that cannot be decoded. Rejects when the registry does not answer, and with
 * WaitsForRelease.
 */
export async function open(
  codec: MessageCodec,
  records: readonly ConsumedRecord[],
  wanted: (type: string) => boolean,
  unknown?: UnknownRecords,
): Promise<Opened[]> {
  await codec.prepare(valuesOf(records));
  return records
    .filter((record) => mayBe(codec, record, wanted))
    .map((record) => openOne(codec, record, unknown));
}

function openOne(codec: MessageCodec, record: ConsumedRecord, unknown: UnknownRecords | undefined): Opened {
  const read = () => messagesIn(codec, record);
  try {
    return { record, messages: unknown ? unknown.meet(record, read) : read() };
  } catch (error) {
    if (error instanceof WaitsForRelease) throw error;
    return { record, error: error as Error };
  }
}

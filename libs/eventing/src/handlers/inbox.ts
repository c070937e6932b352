import type { Message, Received } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../kafka/record.ts';
import { toMetadata } from '../serde/cloud-events.ts';
import type { MessageCodec } from '../serde/message-codec.ts';

/** A message with its place in the log, for handlers that keep it. */
export type Placed<M extends Message = Message> = Received<M> & {
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: bigint };
};

/** A record, and the message in it or the reason why there is none. */
export type Opened =
  | { readonly record: ConsumedRecord; readonly message: Placed }
  | { readonly record: ConsumedRecord; readonly error: Error };

/** Decodes records whose `ce_type` is wanted, or is missing. Rejects when the registry does not answer. */
export async function open(
  codec: MessageCodec,
  records: readonly ConsumedRecord[],
  wanted: (type: string) => boolean,
): Promise<Opened[]> {
  const chosen = records.filter(({ headers }) => {
    const type = header(headers, 'ce_type');
    return type === undefined || wanted(type);
  });
  await codec.prepare(chosen.map(({ value }) => value));
  return chosen
    .map((record) => openOne(codec, record))
    .filter((opened) => 'error' in opened || wanted(opened.message.type));
}

function openOne(codec: MessageCodec, record: ConsumedRecord): Opened {
  try {
    const { topic, partition, offset } = record;
    const message = codec.decode(record.value);
    return {
      record,
      message: { ...message, metadata: toMetadata(record), position: { topic, partition, offset } },
    };
  } catch (error) {
    return { record, error: error as Error };
  }
}

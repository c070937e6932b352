import type { Received } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../kafka/record.ts';
import { toMetadata } from '../serde/cloud-events.ts';
import type { MessageCodec } from '../serde/message-codec.ts';

/** A record, and the message in it or the reason why there is none. */
export type Opened =
  | { readonly record: ConsumedRecord; readonly message: Received }
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
    return { record, message: { ...codec.decode(record.value), metadata: toMetadata(record) } };
  } catch (error) {
    return { record, error: error as Error };
  }
}

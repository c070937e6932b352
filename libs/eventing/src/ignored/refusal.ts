import { UpcastFailed } from '../domain/index.ts';
import { messagesIn } from '../serde/received-records.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { AGGREGATE_VERSION } from '../serde/cloud-events.ts';
import { type MessageCodec, Undecodable } from '../serde/message-codec.ts';

/**
 * Why a record must not be ignored, if so: `event`, it is one; `versioned`, it cannot be read, but says which version of an
 * aggregate it is, so that the next one would not follow if it were left out. `force` is for who knows that it is none all the
 * same. Rejects when the registry does not answer.
 */
export async function refusalOf(
  codec: MessageCodec,
  record: ConsumedRecord,
  force: boolean,
): Promise<'event' | 'versioned' | undefined> {
  // Nobody can tell what is in a batch that cannot be read.
  if (record.broken) return undefined;
  await codec.prepare([record.value]);
  if (isEvent(codec, record)) return 'event';
  return header(record.headers, AGGREGATE_VERSION) !== undefined && !force ? 'versioned' : undefined;
}

/** As folds and other readers see it: what they cannot take, be it for its key or a header, is none. */
function isEvent(codec: MessageCodec, record: ConsumedRecord): boolean {
  try {
    messagesIn(codec, record);
    return true;
  } catch (error) {
    if (error instanceof Undecodable) return false;
    // Those of an earlier release have handled it.
    if (error instanceof UpcastFailed) return true;
    throw error;
  }
}

import { UpcastFailed } from '../domain/index.ts';
import { messagesIn } from '../serde/received-records.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { AGGREGATE_VERSION } from '../serde/cloud-events.ts';
import { type MessageCodec, Undecodable } from '../serde/message-codec.ts';

export type Refusal = 'event' | 'other-release' | 'versioned';

/**
 * Why a record must not be ignored, if so: `event`, it is one; `other-release`, another release may read it as one, whose folds would
 * leave it out; `versioned`, it cannot be read, but says which version of an aggregate it is, so that the next one would not follow if
 * it were left out. `force` is for who knows that such a one is none all the same. Rejects when the registry does not answer.
 */
export async function refusalOf(
  codec: MessageCodec,
  record: ConsumedRecord,
  force: boolean,
): Promise<Refusal | undefined> {
  // Nobody can tell what is in a batch that cannot be read.
  if (record.broken) return undefined;
  await codec.prepare([record.value]);
  const event = eventIn(codec, record);
  if (event) return event;
  return header(record.headers, AGGREGATE_VERSION) !== undefined && !force ? 'versioned' : undefined;
}

/** As folds and other readers see it: what no release can take, be it for its key or a header, is none. */
function eventIn(codec: MessageCodec, record: ConsumedRecord): Refusal | undefined {
  try {
    messagesIn(codec, record);
    return 'event';
  } catch (error) {
    if (error instanceof Undecodable) return error.unknown === undefined ? undefined : 'other-release';
    // Those of an earlier release have handled it.
    if (error instanceof UpcastFailed) return 'event';
    throw error;
  }
}

import type { Log, TopicPartition } from '../log/log.ts';
import { recordsAt } from '../log/records-at.ts';
import type { MessageCodec } from './message-codec.ts';
import { messagesIn, type Placed, valuesOf } from './received-records.ts';

/**
 * The messages of the records at these offsets of a partition, which are in order, in chunks: as handlers read them today. Throws
 * LogError, what `messagesIn` throws, and RegistryUnavailable.
 */
export async function* messagesAt(
  log: Log,
  codec: MessageCodec,
  at: TopicPartition,
  offsets: readonly bigint[],
  signal: AbortSignal,
): AsyncGenerator<readonly Placed[]> {
  for await (const records of recordsAt(log, at, offsets, signal)) {
    await codec.prepare(valuesOf(records));
    yield records.flatMap((record) => messagesIn(codec, record));
  }
}

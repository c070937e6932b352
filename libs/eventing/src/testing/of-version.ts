import type { Message, MessageType } from '../domain/index.ts';
import { avroType } from '../serde/avro.ts';

/**
 * A message as the newest version of its schema reads what a version, from 1, has written:
 * `ofVersion(OrderPlaced, 1, { ... } satisfies OrderPlacedV1Data)`. Throws when that version does not have such data.
 */
export function ofVersion<M extends Message>(type: MessageType<M>, version: number, data: object): M {
  const [written, newest] = [type.versions[version - 1], type.versions.at(-1)];
  if (!written || !newest) throw new Error(`${type.type} has no version ${version}`);
  const [writer, reader] = [avroType(written), avroType(newest)];
  return type(reader.fromBuffer(writer.toBuffer(data), reader.createResolver(writer)) as M['data']);
}

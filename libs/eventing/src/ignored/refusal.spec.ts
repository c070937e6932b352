import { expect, it } from '@jest/globals';
import { AGGREGATE_VERSION } from '../serde/cloud-events.ts';
import { type AnyMessageType, type AvroSchema, contract, messageType } from '../domain/index.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { systemClock } from '../time/system-clock.ts';
import { refusalOf } from './refusal.ts';

const schema = (name: string, ...symbols: readonly string[]): AvroSchema => ({
  type: 'record',
  name,
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'channel', type: { type: 'enum', name: 'Channel', symbols } },
  ],
});
const typeOf = (type: string, ...symbols: readonly string[]): AnyMessageType =>
  messageType({ type, topic: 'orders', key: 'id', versions: [schema(type, ...symbols)] });

it.each([
  ['type', typeOf('Archived', 'web'), 'web'],
  ['symbol', typeOf('Placed', 'web', 'phone'), 'phone'],
])(
  'an event with a %s of another release is not ignored, not even with force (every fold left it out, for ever)',
  async (_, newer, channel) => {
    const registry = new MemoryRegistry();
    const codecOf = (type: AnyMessageType) =>
      new MessageCodec(registry, [contract('orders', { [type.type as string]: type })], systemClock);
    const [theirs, ours] = [codecOf(newer), codecOf(typeOf('Placed', 'web'))];
    await theirs.ready();
    const event = (newer as unknown as (data: object) => Parameters<typeof theirs.encode>[0])({
      id: 'a',
      channel,
    });
    const value = theirs.encode(event);
    const headers = [[AGGREGATE_VERSION, Buffer.from('2')]] as const;
    const place = { topic: 'orders', partition: 0, offset: 7n, timestamp: 0, key: Buffer.from('a') };
    expect(await refusalOf(ours, { ...place, value, headers }, true)).toBe('other-release');
    expect(await refusalOf(ours, { ...place, value: Buffer.from('odd'), headers }, false)).toBe('versioned');
    expect(await refusalOf(ours, { ...place, value: Buffer.from('odd'), headers }, true)).toBeUndefined();
  },
);

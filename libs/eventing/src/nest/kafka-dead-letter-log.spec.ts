import { describe, expect, it } from '@jest/globals';
import { type AvroSchema, contract, type Message, messageType } from '../domain/index.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { systemClock } from '../time/system-clock.ts';
import type { Engine } from './engine.ts';
import { KafkaDeadLetterLog } from './kafka-dead-letter-log.ts';

type Data = Readonly<Record<string, unknown>>;

const schema = (symbols: readonly string[], ...more: readonly Data[]): AvroSchema => ({
  type: 'record',
  name: 'Placed',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'channel', type: { type: 'enum', name: 'Channel', symbols } },
    ...more,
  ],
});

describe('what a dead letter is read as', () => {
  const registry = new MemoryRegistry();
  const releaseOf = (...versions: readonly AvroSchema[]) => {
    const facts = { type: 'Placed', topic: 'orders', key: 'id', versions } as const;
    const Placed = messageType<Message<'Placed', Data>>(facts);
    return { Placed, codec: new MessageCodec(registry, [contract('orders', { Placed })], systemClock) };
  };
  const [first, second] = [schema(['web']), schema(['web'], { name: 'note', type: 'string', default: '' })];
  const newest = schema(['web', 'phone'], { name: 'gift', type: 'boolean', default: false });
  const log = new KafkaDeadLetterLog({ codec: releaseOf(first, second).codec } as unknown as Engine);

  async function read(writer: AvroSchema, data: Data) {
    const { Placed, codec } = releaseOf(writer);
    await codec.ready();
    return log.decode(codec.encode(Placed(data)));
  }

  it('says with which version it was written, whatever that lacks', async () => {
    const data = { id: 'a', channel: 'web', note: '' };
    expect(await read(first, data)).toEqual({ type: 'Placed', version: 1, data });
    expect(await read(second, data)).toEqual({ type: 'Placed', version: 2, data });
  });

  it('says that another release has written it (edited, it lost what that had beyond)', async () => {
    const written = { id: 'a', channel: 'web', gift: true };
    const data = { id: 'a', channel: 'web', note: '' };
    expect(await read(newest, written)).toEqual({ type: 'Placed', version: undefined, data });
    expect(await read(newest, { ...written, channel: 'phone' })).toEqual({
      unknown: 'shop.Placed.channel phone',
    });
    expect(await log.decode(Buffer.from('garbage'))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { trips } from '../../fixtures/trips.ts';
import {
  type AnyMessageType,
  type AvroSchema,
  contract,
  type Message,
  messageType,
} from '../domain/index.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { systemClock } from '../time/system-clock.ts';
import { MessageCodec } from './message-codec.ts';
import type { Undecodable } from './undecodable.ts';

type Field = Readonly<Record<string, unknown>>;

const schema = (...fields: readonly Field[]): AvroSchema => ({
  type: 'record',
  name: 'Placed',
  namespace: 'shop',
  fields: [{ name: 'id', type: 'string' }, ...fields],
});
const typeOf = (...versions: readonly AvroSchema[]): AnyMessageType =>
  messageType<Message<'Placed', Field>>({ type: 'Placed', topic: 'orders', key: 'id', versions });

/** What a writer of one release has written, read by another release. */
async function read(written: Field, writer: AnyMessageType, reader: AnyMessageType) {
  const registry = new MemoryRegistry();
  const codecs = [writer, reader].map(
    (type) => new MessageCodec(registry, [contract('orders', { Placed: type })], systemClock),
  );
  const [theirs, ours] = codecs as [MessageCodec, MessageCodec];
  await theirs.ready();
  const value = theirs.encode(writer(written));
  await ours.prepare([value]);
  return () => ours.decode(value).data;
}

function unknownIn(decode: () => unknown): string | undefined {
  try {
    decode();
  } catch (error) {
    expect(error).toMatchObject({ code: 'UNDECODABLE', retryable: false });
    return (error as Undecodable).unknown;
  }
  throw new Error('It was read');
}

describe('a record of a newer release', () => {
  const channel = (symbols: readonly string[], more: Field = {}): Field => ({
    name: 'channel',
    type: { type: 'enum', name: 'Channel', symbols, ...more },
  });
  const old = typeOf(schema(channel(['web', 'store'])));
  const newer = typeOf(schema(channel(['web', 'store', 'phone'])));

  it('is read as long as it has no symbol that this one does not know (all of its writer were refused)', async () => {
    const decode = await read({ id: 'a', channel: 'store' }, newer, old);
    expect(decode()).toEqual({ id: 'a', channel: 'store' });
  });

  it('is read where it has bytes for a text, unless they are none (they came to be U+FFFD)', async () => {
    const [text, bytes] = ['string', 'bytes'].map((type) => typeOf(schema({ name: 'note', type })));
    const noted = (note: Buffer) => read({ id: 'a', note }, bytes as AnyMessageType, text as AnyMessageType);
    expect((await noted(Buffer.from('é')))()).toEqual({ id: 'a', note: 'é' });
    expect(await noted(Buffer.from([0xff]))).toThrow('note is not valid UTF-8');
  });

  it('says which symbol it has that this one does not know', async () => {
    const decode = await read({ id: 'a', channel: 'phone' }, newer, old);
    expect(unknownIn(decode)).toBe('shop.Placed.channel phone');
    expect(decode).toThrow(
      'channel is phone, which this release does not know: deploy the release that does',
    );
  });

  it.each<[string, Field, Field, string]>([
    [
      'in an array',
      { type: 'array', items: 'shop.Channel' },
      ['web', 'phone'] as never,
      'shop.Placed.more[] phone',
    ],
    [
      'in a map of arrays, whatever its key (each key and index was a notice and a counter of its own)',
      ['null', { type: 'map', values: { type: 'array', items: 'shop.Channel' } }] as never,
      { '2026-11': ['web'], '2026-12': ['phone'] },
      'shop.Placed.more{}[] phone',
    ],
    [
      'in a record of an array',
      {
        type: 'array',
        items: { type: 'record', name: 'Line', fields: [{ name: 'by', type: 'shop.Channel' }] },
      },
      [{ by: 'web' }, { by: 'phone' }] as never,
      'shop.Placed.more[].by phone',
    ],
    ['in a union', ['null', 'shop.Channel'] as never, 'phone' as never, 'shop.Placed.more phone'],
  ])('says so %s', async (_, type, value, unknown) => {
    const more = { name: 'more', type };
    const symbols = ['web', 'store'];
    const decode = await read(
      { id: 'a', channel: 'web', more: value },
      typeOf(schema(channel([...symbols, 'phone']), more)),
      typeOf(schema(channel(symbols), more)),
    );
    expect(unknownIn(decode)).toBe(unknown);
  });

  it('is read where two of its enums have one simple name, and only one has a new symbol (all were refused)', async () => {
    const theirs = { name: 'theirs', type: { type: 'enum', name: 'other.Channel', symbols: ['web'] } };
    const written = typeOf(schema(channel(['web', 'phone']), theirs));
    const reader = typeOf(schema(channel(['web']), theirs));
    const value = { id: 'a', channel: 'web', theirs: 'web' };
    expect((await read(value, written, reader))()).toEqual(value);
    const decode = await read({ ...value, channel: 'phone' }, written, reader);
    expect(unknownIn(decode)).toBe('shop.Placed.channel phone');
  });

  it('is read where its enum has a former name, which the reader has as an alias (all were refused)', async () => {
    const former = (symbols: readonly string[], more: Field = {}) => {
      const { type } = channel(symbols, more);
      return { name: 'channel', type: { ...(type as Field), name: 'Way' } };
    };
    const reader = typeOf(schema(channel(['web'], { aliases: ['Way'] })));
    const decode = await read({ id: 'a', channel: 'web' }, typeOf(schema(former(['web', 'phone']))), reader);
    expect(decode()).toEqual({ id: 'a', channel: 'web' });
  });

  it("has the reader's default in place of a symbol that it does not know, as Avro says", async () => {
    const reader = typeOf(schema(channel(['web', 'other'], { default: 'other' })));
    const decode = await read({ id: 'a', channel: 'phone' }, newer, reader);
    expect(decode()).toEqual({ id: 'a', channel: 'other' });
  });

  it('is one that another release may know where its schema cannot be read as the one of this release', async () => {
    const decode = await read({ id: 'a' }, typeOf(schema()), typeOf(schema({ name: 'count', type: 'int' })));
    expect(unknownIn(decode)).toBe('shop.Placed');
    expect(decode).toThrow('shop.Placed (AVRO, schema id 1) cannot be read as the contracts have it: ');
  });

  it('is none where its name is of another team, or it is no Avro at all', async () => {
    const registry = new MemoryRegistry();
    const codec = new MessageCodec(registry, [contract('orders', { Placed: old })], systemClock);
    const ids = [
      registry.register(JSON.stringify({ ...schema(), namespace: 'theirs' })),
      registry.register('{"title":"shop.Placed"}', 'JSON'),
      registry.register(JSON.stringify({ ...schema(), name: 'Packed' })),
    ];
    const values = ids.map((id) => Buffer.from([0, 0, 0, 0, id, 2, 97]));
    await codec.prepare(values);
    expect(values.map((value) => unknownIn(() => codec.decode(value)))).toEqual([
      undefined,
      undefined,
      'shop.Packed',
    ]);
  });
});

describe('a record of a former type', () => {
  const { before, after, Booked, topics } = trips();

  it('is read as what it is now, with what it was: type, version and data', async () => {
    const registry = new MemoryRegistry();
    const first = { ...Booked, versions: Booked.versions.slice(0, 1) } as unknown as typeof Booked;
    const codecs = [[contract(topics.events, { Booked: first })], before.contracts, after.contracts].map(
      (contracts) => new MessageCodec(registry, contracts, systemClock),
    );
    const [oldest, old, now] = codecs as [MessageCodec, MessageCodec, MessageCodec];
    for (const codec of codecs) await codec.ready();
    const booked = { trip: 't', name: 'Ada Lovelace', euros: 7 };
    const values = [oldest, old].map((codec) => codec.encode(Booked(booked)));
    await now.prepare(values);
    const reserved = { trip: 't', first: 'Ada', last: 'Lovelace' };
    expect(values.map((value) => now.read(value))).toEqual([
      {
        parts: [{ message: { type: 'Reserved', data: { ...reserved, cents: 0 } }, path: '' }],
        original: { type: 'Booked', version: 1, data: { ...booked, euros: 0 } },
      },
      {
        parts: [{ message: { type: 'Reserved', data: { ...reserved, cents: 700 } }, path: '' }],
        original: { type: 'Booked', version: 2, data: booked },
      },
    ]);
    expect(values.map((value) => now.decode(value).type)).toEqual(['Booked', 'Booked']);
  });
});

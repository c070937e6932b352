import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { contract, type Message, messageType } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { MessageCodec, UnwritableText } from './message-codec.ts';
import { RegistryUnavailable, type SchemaRegistry, SchemaUnknown } from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { VirtualClock } from '../memory/virtual-clock.ts';
import type { Clock } from '../time/clock.ts';
import { systemClock } from '../time/system-clock.ts';
import { sleep } from '../time/waiting.ts';

type Noted = Message<'Noted', { id: string; notes: string[]; more: Record<string, string> }>;

const schema = {
  type: 'record',
  name: 'Noted',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'notes', type: { type: 'array', items: 'string' } },
    { name: 'more', type: { type: 'map', values: 'string' } },
  ],
} as const;
const registry: SchemaRegistry = {
  schemaOf: async (id) => ({ id, type: 'AVRO', text: JSON.stringify(schema), references: async () => [] }),
  idOf: async () => 1,
};
const Noted = messageType<Noted>({ type: 'Noted', topic: 'notes', key: 'id', versions: [schema] });

async function ready() {
  const codec = new MessageCodec(registry, [contract('notes', { Noted })], systemClock);
  await codec.ready();
  return codec;
}

describe('a message that is written', () => {
  it.each([
    ['in short', 'a\ud800', '/notes/1'],
    ['at length, where avsc would put U+FFFD', `${'a'.repeat(100)}\ud800`, '/notes/1'],
    ['the wrong way round', '\udc00\ud800', '/notes/1'],
  ])('has no lone surrogate, which nobody could read again: %s', async (_, text, path) => {
    const codec = await ready();
    const write = () => codec.encode(Noted({ id: 'a', notes: ['fine', text], more: {} }));
    expect(write).toThrow(UnwritableText);
    expect(write).toThrow(`Noted has a lone surrogate in ${path}`);
    const error = new UnwritableText('Any', 'name');
    expect(classify(error, 'retryable')).toBe('fatal');
  });

  it('has none in the key of a map', async () => {
    const codec = await ready();
    expect(() => codec.encode(Noted({ id: 'a', notes: [], more: { 'b\udfff': '' } }))).toThrow('in /more');
  });

  it.each([0, 4_000, 4_085, 4_086, 4_087, 4_088, 9_000, 300_000])(
    'comes back whole, with %d bytes, and so does a short one behind it',
    async (length) => {
      const codec = await ready();
      const messages = ['a'.repeat(length), 'short'].map((id) => Noted({ id, notes: [], more: {} }));
      const values = messages.map((message) => codec.encode(message));
      await codec.prepare(values);
      expect(values.map((value) => codec.decode(value))).toEqual(messages);
    },
  );

  it('comes back with every other character', async () => {
    const codec = await ready();
    const data = { id: '\u{1d11e}', notes: ['\ufffd', '\0', 'Zoë ☂'], more: { constructor: 'x' } };
    const value = codec.encode(Noted(data));
    await codec.prepare([value]);
    expect(codec.decode(value).data).toEqual(data);
  });
});

/** A value that says it was written with the schema of this id. */
function valueOf(id: number): Buffer {
  const value = Buffer.alloc(6);
  value.writeInt32BE(id, 1);
  return value;
}

/** A codec whose registry knows no id; `asked` are those that it was asked for, `most` is how many at the same time. */
function unknowing(clock: Clock = systemClock) {
  const seen = { asked: [] as number[], most: 0 };
  let now = 0;
  const schemaOf = async (id: number) => {
    seen.asked.push(id);
    seen.most = Math.max(seen.most, ++now);
    await setImmediate();
    now--;
    throw new SchemaUnknown(`No ${id}`);
  };
  const codec = new MessageCodec({ ...registry, schemaOf }, [contract('notes', { Noted })], clock);
  return { codec, seen };
}

describe('a registry that does not know an id', () => {
  const newer = { ...schema, fields: [...schema.fields, { name: 'by', type: 'string', default: '' }] };

  /** A codec that knows its own id, and the value of a release that came later. */
  async function looked() {
    const memory = new MemoryRegistry();
    const codec = new MessageCodec(memory, [contract('notes', { Noted })], systemClock);
    await codec.ready();
    return { memory, codec, value: valueOf(memory.register(JSON.stringify(newer))) };
  }

  it('and has lost the ones that it had is away: nothing is decided about the record (it was set aside)', async () => {
    const { memory, codec, value } = await looked();
    memory.lost = true;
    const failure: unknown = await codec.prepare([value]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RegistryUnavailable);
    expect(String(failure)).toContain(
      'had Noted under the schema id 1, and does not any more: it has lost schemas, or is another one. Run the deployment step',
    );
    expect(classify(failure, 'fatal')).toBe('unavailable');
    memory.lost = false;
    await codec.prepare([value]);
    expect(codec.typeIn(value)).toBe(Noted);
  });

  it('and has another schema under one that it had is away, too', async () => {
    const { memory, codec, value } = await looked();
    const others = new MemoryRegistry();
    others.register('{"type":"record","name":"Other","fields":[]}');
    jest.spyOn(memory, 'schemaOf').mockImplementation((id) => others.schemaOf(id));
    await expect(codec.prepare([value])).rejects.toBeInstanceOf(RegistryUnavailable);
  });

  it('and has all that it had is right: the record is set aside, and holds up nobody', async () => {
    const { codec } = await looked();
    await codec.prepare([valueOf(77)]);
    expect(() => codec.decode(valueOf(77))).toThrow('No schema has the id 77');
  });
});

describe('garbage that looks like a value of the registry', () => {
  it.each([-1, 0, -(2 ** 31)])('is nothing to ask for, where the id is %d', async (id) => {
    const { codec, seen } = unknowing();
    await codec.prepare([valueOf(id)]);
    expect(() => codec.decode(valueOf(id))).toThrow(Undecodable);
    expect(seen.asked).toEqual([]);
  });

  it('is asked for once, some ids of a batch at the same time (each waited for the one before)', async () => {
    const { codec, seen } = unknowing();
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    await codec.prepare([...ids, ...ids].map(valueOf));
    await codec.prepare(ids.map(valueOf));
    expect(seen.asked).toEqual(ids);
    expect(seen.most).toBe(8);
    for (const id of ids) expect(() => codec.decode(valueOf(id))).toThrow(`No ${id}`);
  });

  it('is asked for again after ten seconds of its clock (it was by the machine, in simulated time, too)', async () => {
    const clock = new VirtualClock();
    const { codec, seen } = unknowing(clock);
    for (const ms of [0, 9_999, 1]) {
      await clock.run(sleep(clock, ms));
      await codec.prepare([valueOf(7)]);
    }
    expect(seen.asked).toEqual([7, 7]);
  });

  it('does not fill the memory: the oldest ids are forgotten, and asked for again (none ever was)', async () => {
    const { codec, seen } = unknowing();
    const batch = (from: number, count: number) =>
      codec.prepare(Array.from({ length: count }, (_, index) => valueOf(from + index)));
    await batch(1, 12_000);
    for (const id of [1, 12_000]) expect(() => codec.decode(valueOf(id))).toThrow(Undecodable);
    await batch(12_001, 1);
    expect(() => codec.decode(valueOf(1))).toThrow(RegistryUnavailable);
    seen.asked.length = 0;
    await batch(1, 1);
    await batch(12_000, 2);
    expect(seen.asked).toEqual([1]);
    expect(() => codec.decode(valueOf(1))).toThrow(Undecodable);
  });
});

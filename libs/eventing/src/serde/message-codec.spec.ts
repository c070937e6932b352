import { describe, expect, it } from '@jest/globals';
import { contract, type Message, messageType } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { MessageCodec, UnwritableText } from './message-codec.ts';
import type { SchemaRegistry } from './schema-registry.ts';

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
  const codec = new MessageCodec(registry, [contract('notes', { Noted })]);
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
    const error = new UnwritableText('any');
    expect(classify(error, 'retryable')).toBe('fatal');
  });

  it('has none in the key of a map', async () => {
    const codec = await ready();
    expect(() => codec.encode(Noted({ id: 'a', notes: [], more: { 'b\udfff': '' } }))).toThrow('in /more');
  });

  it('comes back with every other character', async () => {
    const codec = await ready();
    const data = { id: '\u{1d11e}', notes: ['\ufffd', '\0', 'Zoë ☂'], more: { constructor: 'x' } };
    const value = codec.encode(Noted(data));
    await codec.prepare([value]);
    expect(codec.decode(value).data).toEqual(data);
  });
});

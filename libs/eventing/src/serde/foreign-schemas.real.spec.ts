import { SchemaRegistry as ConfluentClient } from '@kafkajs/confluent-schema-registry';
import { describe, expect, it } from '@jest/globals';
import { type AvroSchema, contract, type Message, messageType } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { avroText, foreignSchema, framed } from '../../fixtures/foreign-schema.ts';
import { scratchName } from '../../fixtures/scratch-broker.ts';
import { MessageCodec } from './message-codec.ts';
import { ConfluentRegistry } from './schema-registry.ts';
import { systemClock } from '../time/system-clock.ts';

type Counted = Message<'Counted', { id: string; count: bigint }>;

const registry = new ConfluentRegistry(process.env['REGISTRY_URL'] ?? '');
const id = { name: 'id', type: 'string' };
const count = { name: 'count', type: 'long' };
/** As producers in Java once could register it: the default is not of the first type. */
const wrongly = { name: 'wrongly', type: ['string', 'null'], default: null };

/** A reader of `Counted`, and what another team may write under the same name. */
function reader() {
  const [topic, namespace] = [scratchName('counts'), scratchName('counts').replaceAll('-', '_')];
  const named = (...fields: object[]) =>
    ({ type: 'record', name: 'Counted', namespace, fields }) as AvroSchema;
  const Counted = messageType<Counted>({ type: 'Counted', topic, key: 'id', versions: [named(id, count)] });
  return { namespace, named, codec: new MessageCodec(registry, [contract(topic, { Counted })], systemClock) };
}

async function failureOf(codec: MessageCodec, value: Buffer): Promise<Error> {
  await codec.prepare([value]);
  try {
    codec.decode(value);
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was decoded');
}

const aAndOne = [avroText('a'), Buffer.from([2])] as const;

describe("another team's schema", () => {
  const draft2020 = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Delivery note',
    type: 'object',
    properties: { lines: { type: 'array', prefixItems: [{ type: 'string' }] } },
  };
  const protobuf = 'syntax = "proto3";\npackage shop.v1;\n\nmessage Parcel {\n  string id = 1;\n}\n';
  const largest = `{"type":"record","name":"Big","namespace":"shop","fields":[{"name":"n","type":"long","default":${2n ** 63n - 1n}}]}`;

  it.each([
    [
      'a JSON Schema of draft 2020-12',
      'JSON',
      draft2020,
      'written with Delivery note (JSON, schema id %): only Avro',
    ],
    [
      'a Protobuf file',
      'PROTOBUF',
      protobuf,
      'written with shop.v1.Parcel (PROTOBUF, schema id %): only Avro',
    ],
    ['a record with a default of 2^63-1', 'AVRO', largest, 'do not have shop.Big (AVRO, schema id %)'],
    ['no record', 'AVRO', '"string"', 'do not have string (AVRO, schema id %)'],
    [
      'a record with a wrong default',
      'AVRO',
      { type: 'record', name: 'Off', fields: [wrongly] },
      'do not have Off (AVRO, schema id %)',
    ],
  ] as const)(
    'is told by its name, its type and its id: %s (it passed for an outage)',
    async (_, type, schema, message) => {
      const { codec } = reader();
      const foreign = await foreignSchema(schema, type);
      const error = await failureOf(codec, framed(foreign.id, ...aAndOne));
      expect(error.message).toContain(message.replace('%', String(foreign.id)));
      expect(classify(error, 'retryable')).toBe('fatal');
    },
  );

  it('although the client throws for it as if nobody had answered (negative control)', async () => {
    const client = new ConfluentClient({ host: process.env['REGISTRY_URL'] ?? '' });
    for (const [schema, type] of [
      [draft2020, 'JSON'],
      [largest, 'AVRO'],
    ] as const) {
      const foreign = await foreignSchema(schema, type);
      await expect(client.getSchema(foreign.id)).rejects.toThrow();
    }
  });

  it('is read whatever its defaults are: they are for readers', async () => {
    const { codec, named } = reader();
    const largest = JSON.stringify(named(id, { ...count, default: 1 }));
    const schemas = [largest.replace(':1}', `:${2n ** 63n - 1n}}`), named(id, count, wrongly)] as const;
    for (const [schema, more] of [
      [schemas[0], []],
      [schemas[1], [Buffer.from([2])]],
    ] as const) {
      const foreign = await foreignSchema(schema);
      const value = framed(foreign.id, ...aAndOne, ...more);
      await codec.prepare([value]);
      expect(codec.decode(value).data).toEqual({ id: 'a', count: 1n });
    }
  });

  it('is read with those that it refers to', async () => {
    const { codec, named, namespace } = reader();
    const unit = { type: 'enum', name: 'Unit', namespace, symbols: ['PIECE'] };
    const first = await foreignSchema(unit);
    const box = {
      type: 'record',
      name: 'Box',
      namespace,
      fields: [{ name: 'unit', type: `${namespace}.Unit` }],
    };
    const toFirst = { name: `${namespace}.Unit`, subject: first.subject, version: 1 };
    const second = await foreignSchema(box, 'AVRO', [toFirst]);
    const toSecond = { name: `${namespace}.Box`, subject: second.subject, version: 1 };
    const boxes = { name: 'boxes', type: { type: 'array', items: `${namespace}.Box` } };
    const { id: third } = await foreignSchema(named(id, count, boxes), 'AVRO', [toFirst, toSecond]);
    const value = framed(third, ...aAndOne, Buffer.from([2, 0, 0]));
    await codec.prepare([value]);
    expect(codec.decode(value).data).toEqual({ id: 'a', count: 1n });
  });

  it('under a name of the contracts, but of other types, is told with the reason', async () => {
    const { codec, named, namespace } = reader();
    const { id: foreign } = await foreignSchema(named(id, { ...count, type: 'string' }));
    const error = await failureOf(codec, framed(foreign, avroText('a'), avroText('1')));
    expect(error.message).toMatch(
      `${namespace}.Counted (AVRO, schema id ${foreign}) cannot be read as the contracts have it: cannot read "string" as "long"`,
    );
  });

  it('is looked at, too, where the reader does not have the field', async () => {
    const { codec, named } = reader();
    const more = { name: 'more', type: { type: 'array', items: 'null' } };
    const { id: foreign } = await foreignSchema(named(id, count, more));
    const announced = framed(foreign, ...aAndOne, Buffer.from([0x80, 0x8e, 0xce, 0x1c, 0]));
    const error = await failureOf(codec, announced);
    expect(error.message).toContain(': more announces 30000000 items, and 1 bytes are left (byte 12 of 13)');
  });

  it('is looked up once for all who ask at the same time', async () => {
    const { codec } = reader();
    const { id: foreign } = await foreignSchema('"string"');
    let asked = 0;
    const schemaOf = registry.schemaOf.bind(registry);
    registry.schemaOf = (wanted) => (asked++, schemaOf(wanted));
    await Promise.all([1, 2, 3].map(() => codec.prepare([framed(foreign)])));
    registry.schemaOf = schemaOf;
    expect(asked).toBe(1);
  });
});

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SchemaRegistry as ConfluentClient, SchemaType } from '@kafkajs/confluent-schema-registry';
import avro from 'avsc';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type AvroSchema, contract, type Message, messageType } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { deadLetter } from '../failures/copies.ts';
import { failureOf as toFailure } from '../failures/failure.ts';
import { scratchName } from '../../fixtures/scratch-broker.ts';
import { MessageCodec } from './message-codec.ts';
import { registerSchemas } from './register-schemas.ts';
import {
  ConfluentRegistry,
  RegistryUnavailable,
  type SchemaRegistry,
  SchemaUnknown,
} from './schema-registry.ts';
import { systemClock } from '../time/system-clock.ts';

type Counted = Message<'Counted', { id: string; count: bigint; note?: string }>;

const url = process.env['REGISTRY_URL'] ?? '';
const BEYOND_DOUBLE = 2n ** 53n + 1n;

/** A contract of two versions under a topic of its own. */
function counted() {
  const topic = `${scratchName('counts')}.events`;
  const namespace = topic.replaceAll(/[-.]/g, '_');
  const schema = (...more: object[]): AvroSchema => ({
    type: 'record',
    name: 'Counted',
    namespace,
    fields: [{ name: 'id', type: 'string' }, { name: 'count', type: 'long' }, ...more],
  });
  const versions = [schema(), schema({ name: 'note', type: 'string', default: '' })] as const;
  const type = (schemas: readonly AvroSchema[]) =>
    messageType<Counted>({ type: 'Counted', topic, key: 'id', versions: schemas });
  const subject = `${topic}-${namespace}.Counted`;
  const contracts = (Counted: ReturnType<typeof type>) => [contract(topic, { Counted })];
  return { topic, subject, versions, first: type(versions.slice(0, 1)), both: type(versions), contracts };
}

/** The two versions registered, a value written with the first, and a codec that reads it as the second. */
async function deployed(registry: SchemaRegistry = new ConfluentRegistry(url)) {
  const parts = counted();
  await registerSchemas(url, parts.contracts(parts.both), () => 'FULL_TRANSITIVE');
  const old = new MessageCodec(new ConfluentRegistry(url), parts.contracts(parts.first), systemClock);
  await old.ready();
  const value = old.encode(parts.first({ id: 'a', count: BEYOND_DOUBLE }));
  return { ...parts, value, codec: new MessageCodec(registry, parts.contracts(parts.both), systemClock) };
}

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${url}${path}`)).json()) as T;
}

describe('hazards of the registry client', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('makes the type of a reader, and how it reads a writer, once', async () => {
    const registry = new ConfluentRegistry(url);
    const lookups = jest.spyOn(registry, 'schemaOf');
    const { codec, value } = await deployed(registry);
    const types = jest.spyOn(avro.Type, 'forSchema');
    const resolvers = jest.spyOn(avro.Type.prototype, 'createResolver');
    for (let i = 0; i < 50; i++) {
      await codec.prepare([value, value]);
      expect(codec.decode(value)).toMatchObject({ data: { id: 'a', note: '' } });
    }
    const once = types.mock.calls.length;
    expect(lookups).toHaveBeenCalledTimes(1);
    expect(resolvers.mock.calls.filter(([writer]) => writer.name?.endsWith('.Counted'))).toHaveLength(1);
    await codec.prepare([value]);
    codec.decode(value);
    expect(types).toHaveBeenCalledTimes(once);
  });

  it('although the client makes both on every call (negative control)', async () => {
    const { value, versions } = await deployed();
    const client = new ConfluentClient({ host: url });
    const small = Buffer.concat([value.subarray(0, 5), Buffer.from([2, 97, 2])]);
    const options = { [SchemaType.AVRO]: { readerSchema: versions[1] as never } };
    await client.decode(small, options);
    const resolvers = jest.spyOn(avro.Type.prototype, 'createResolver');
    for (let i = 0; i < 5; i++) await client.decode(small, options);
    const own = resolvers.mock.calls.filter(([writer]) => writer.name?.endsWith('.Counted'));
    expect(own).toHaveLength(5);
  });

  it('keeps every digit of an int64, through the registry and across versions', async () => {
    const { codec, value } = await deployed();
    await codec.prepare([value]);
    expect(codec.decode(value).data).toEqual({ id: 'a', count: BEYOND_DOUBLE, note: '' });
  });

  it('although the client cannot read such a number (negative control)', async () => {
    const { value } = await deployed();
    await expect(new ConfluentClient({ host: url }).decode(value)).rejects.toThrow(
      'potential precision loss',
    );
  });

  it('registers nothing while a service runs', async () => {
    const parts = counted();
    const codec = new MessageCodec(new ConfluentRegistry(url), parts.contracts(parts.both), systemClock);
    await expect(codec.ready()).rejects.toBeInstanceOf(SchemaUnknown);
    expect(await ask<string[]>('/subjects')).not.toContain(parts.subject);
  });

  it('gives each subject the level that the deployment names, whatever it was before', async () => {
    const parts = counted();
    const level = async () =>
      (await ask<{ compatibilityLevel: string }>(`/config/${parts.subject}`)).compatibilityLevel;
    await registerSchemas(url, parts.contracts(parts.first), () => 'BACKWARD_TRANSITIVE');
    expect(await level()).toBe('BACKWARD_TRANSITIVE');
    await registerSchemas(url, parts.contracts(parts.both), () => 'FULL_TRANSITIVE');
    expect(await level()).toBe('FULL_TRANSITIVE');
  });

  it('although the client refuses a level that is not the default (negative control)', async () => {
    const { subject, versions } = await deployed();
    const schema = { type: SchemaType.AVRO, schema: JSON.stringify(versions[0]) } as const;
    await expect(new ConfluentClient({ host: url }).register(schema, { subject })).rejects.toThrow(
      'Compatibility does not match',
    );
  });

  describe('a registry that is down', () => {
    const page = '<!doctype html><title>Sign in</title>';
    it.each([
      ['refuses connections', undefined, '', 'did not answer: ECONNREFUSED'],
      ['answers 503', 503, '{"error_code":50003}', 'answered 503: {"error_code":50003}'],
      ['answers 401', 401, '{"error_code":401}', 'answered 401: {"error_code":401}'],
      ['answers 403', 403, '', 'answered 403'],
      ['answers 404 as a proxy does', 404, '{"message":"not here"}', 'answered 404: {"message":"not here"}'],
      ['answers 200 with a page', 200, page, `answered 200: ${page}`],
      ['answers 200 with something else', 200, '{"status":"UP"}', 'answered without'],
    ])('and %s is retryable, and decides nothing about the record', async (_, status, body, told) => {
      const { value, contracts, both } = await deployed();
      const away = await stub(status, body);
      const codec = new MessageCodec(new ConfluentRegistry(away.url), contracts(both), systemClock);
      for (const ask of [() => codec.prepare([value]), () => codec.ready()]) {
        const failure: unknown = await ask().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(RegistryUnavailable);
        expect(failure).toMatchObject({ retryable: true });
        expect((failure as Error).message).toContain(told);
        expect(classify(failure, 'fatal')).toBe('unavailable');
      }
      away.close();
    });

    it('is asked again, and then the record is read', async () => {
      const registry = new ConfluentRegistry(url);
      const { codec, value } = await deployed(registry);
      const down = jest.spyOn(registry, 'schemaOf').mockRejectedValueOnce(new RegistryUnavailable('down'));
      await expect(codec.prepare([value])).rejects.toBeInstanceOf(RegistryUnavailable);
      await codec.prepare([value]);
      expect(codec.decode(value)).toMatchObject({ type: 'Counted' });
      expect(down).toHaveBeenCalledTimes(2);
    });
  });

  describe('bytes that cannot be decoded', () => {
    it.each([
      ['are no Confluent message', () => Buffer.from('{"id":"a"}')],
      ['name a schema that nobody registered', () => Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2, 97])],
      ['are cut off', (value: Buffer) => value.subarray(0, 7)],
      ['are none at all', () => null],
    ])('because they %s are fatal, and become a dead letter as they are', async (_, damage) => {
      const { codec, value: good, topic } = await deployed();
      const value = damage(good);
      await codec.prepare([value]);
      const error = failureOf(() => codec.decode(value));
      expect(error).toMatchObject({ code: 'UNDECODABLE', retryable: false });
      expect(classify(error, 'retryable')).toBe('fatal');
      const headers = [['h', Buffer.from('kept')]] as const;
      const record = { topic, partition: 2, offset: 5n, timestamp: 1, key: Buffer.from('a'), value, headers };
      const who = { group: 'g', handler: 'h', service: 's', version: '1' };
      const letter = deadLetter(record, toFailure(record, { ...who, thrown: [{ at: 1, error: error }] }));
      expect(letter).toMatchObject({ key: record.key, value, partition: 2 });
      expect(letter.headers[0]).toEqual(headers[0]);
    });
  });
});

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

/** A server that answers everything in this way; without a status, an address where nobody listens. */
async function stub(status: number | undefined, body: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => void response.writeHead(status ?? 500).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  if (status === undefined) close();
  return { url: `http://127.0.0.1:${port}`, close };
}

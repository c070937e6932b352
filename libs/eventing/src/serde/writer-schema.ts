import { isDeepStrictEqual } from 'node:util';
import type { AvroSchema } from '../domain/index.ts';
import { avroType, type Type } from './avro.ts';
import type { RegisteredSchema } from './schema-registry.ts';

/** The full name of an Avro schema, the title of a JSON Schema, the first message of a Protobuf file: if it has one. */
export function nameOf({ type, text }: Pick<RegisteredSchema, 'type' | 'text'>): string | undefined {
  if (type === 'PROTOBUF') return protobufName(text);
  const schema = jsonIn(text);
  if (type === 'AVRO') return avroName(schema);
  const { title, $id } = (typeof schema === 'object' && schema !== null ? schema : {}) as Json;
  return [title, $id].find((name) => typeof name === 'string');
}

/** The schema for people: `shop.Order (AVRO, schema id 7)`. */
export function described(schema: RegisteredSchema): string {
  const { id, type } = schema;
  return `${nameOf(schema)?.slice(0, MOST_OF_NAME) ?? 'a schema without a name'} (${type}, schema id ${id})`;
}

/** The type of a writer. Throws whatever the schemas make avsc throw. */
export function writerType(text: string, references: readonly string[]): Type {
  return avroType(withoutDefaults(text), references.map(withoutDefaults));
}

/** The number of a writer's schema among these versions, from 1; undefined when it is none of them. */
export function versionIn(versions: readonly AvroSchema[], text: string): number | undefined {
  const written = jsonIn(text);
  const at = versions.findIndex((version) => isDeepStrictEqual(JSON.parse(JSON.stringify(version)), written));
  return at < 0 ? undefined : at + 1;
}

type Json = Readonly<Record<string, unknown>>;

const MOST_OF_NAME = 200;

/** Defaults are for readers. Those of writers are often not of their type, or beyond what JSON.parse can tell. */
const withoutDefaults = (text: string) =>
  JSON.parse(text, (key, value: unknown) => (key === 'default' ? undefined : value)) as object;

function avroName(schema: unknown): string | undefined {
  if (typeof schema === 'string') return schema;
  const { name, namespace } = (schema ?? {}) as Json;
  if (typeof name !== 'string') return undefined;
  return name.includes('.') || typeof namespace !== 'string' || namespace === ''
    ? name
    : `${namespace}.${name}`;
}

function protobufName(text: string): string | undefined {
  const [, message] = /^\s*message\s+(\w+)/m.exec(text) ?? [];
  const [, packaged] = /^\s*package\s+([\w.]+)/m.exec(text) ?? [];
  return message && packaged ? `${packaged}.${message}` : message;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

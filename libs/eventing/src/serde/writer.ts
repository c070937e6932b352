import type { Message } from '../domain/index.ts';
import type { Resolver, Type } from './avro.ts';
import { checkOf } from './avro-check.ts';
import { unknownSymbolIn, withSymbolsOf } from './enum-symbols.ts';
import type { KnownType, KnownTypes } from './known-types.ts';
import type { RegisteredSchema } from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { PREFIX } from './wire-format.ts';
import { described, nameOf, versionIn, writerType } from './writer-schema.ts';

/** How what was written with one schema is read. */
export interface Writer {
  readonly known: KnownType;
  /** Its number among the contract's versions; undefined for one that the contract does not have. */
  readonly version: number | undefined;
  /** The type's own, unless the writer has more symbols of an enum. */
  readonly reader: Type;
  readonly resolver: Resolver;
  readonly check: (value: Buffer, from: number) => void;
}

/** Why nothing that was written with one schema is read. */
export interface Unread {
  readonly why: string;
  /** What another release may know: see `Undecodable`. */
  readonly unknown?: string;
  /** Milliseconds of `elapsed`: what the registry did not know may have been registered since. */
  readonly askAgainAt: number;
}

/** avsc quotes whole schemas. */
const MOST_OF_MESSAGE = 300;

/** A registry that has answered is not away, whatever it has answered: what cannot be read is the record's own fault. */
export async function writerOf(schema: RegisteredSchema, types: KnownTypes): Promise<Writer | Unread> {
  if (schema.type !== 'AVRO')
    return unread(`The value was written with ${described(schema)}: only Avro is read`);
  const name = nameOf(schema);
  const known = types.of(name);
  if (!known) return unknownType(schema, types);
  const references = await schema.references();
  try {
    const writer = writerType(schema.text, references);
    const reader = withSymbolsOf([schema.text, ...references], known.schema) ?? known.avro;
    const version = versionIn(known.type.versions, schema.text);
    const resolver = reader.createResolver(writer);
    return { known, version, reader, resolver, check: checkOf(writer, reader) };
  } catch (cause) {
    return unread(`${described(schema)} cannot be read as the contracts have it: ${messageOf(cause)}`, name);
  }
}

function unknownType(schema: RegisteredSchema, types: KnownTypes): Unread {
  const name = nameOf(schema);
  const namespace = types.ownNamespace(name);
  if (namespace === undefined)
    return unread(`The contracts of this service do not have ${described(schema)}`);
  return unread(
    `This release knows the namespace ${namespace}, but not ${described(schema)}: deploy the release that does, then redrive what was set aside`,
    name,
  );
}

const unread = (why: string, unknown?: string): Unread => ({
  why,
  ...(unknown !== undefined && { unknown }),
  askAgainAt: Infinity,
});

/** The message in a value of this writer's, of the type that it was written as. Throws Undecodable. */
export function decodedBy({ known, reader, resolver, check }: Writer, value: Buffer): Message {
  const type = known.type.type as string;
  const refused = (why: string, more: { readonly unknown?: string; readonly cause?: unknown }) => {
    const id = value.readInt32BE(1);
    const fields = { type, schemaId: id };
    return new Undecodable(`The value is not a ${type} of schema id ${id}: ${why}`, { fields, ...more });
  };
  let data: unknown;
  try {
    check(value, PREFIX);
    data = reader.fromBuffer(value.subarray(PREFIX), resolver);
  } catch (cause) {
    throw refused(messageOf(cause), { cause });
  }
  const unknown = reader === known.avro ? undefined : unknownSymbolIn(known.avro, data);
  if (!unknown) return { type, data } as Message;
  const { path, symbol } = unknown;
  const why = `${path} is ${symbol}, which this release does not know: deploy the release that does, then redrive what was set aside`;
  throw refused(why, { unknown: `${known.avro.name ?? type}.${path} ${symbol}` });
}

const messageOf = (error: unknown) => (error as Error).message.slice(0, MOST_OF_MESSAGE);

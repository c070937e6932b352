import type { AvroSchema } from '../domain/index.ts';
import { avroType, type Type } from './avro.ts';
import { fieldInWords, isArray, isMap, isRecord, isUnion } from './evolution/avro-types.ts';

/** An enum's symbol that a reader does not have, and the field where it stands, whichever item or value of it that is. */
export interface UnknownSymbol {
  readonly path: string;
  readonly symbol: string;
}

interface Enum {
  readonly type: 'enum';
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly symbols: readonly string[];
  readonly default?: string;
}

/** `space`: the namespace that it is in. */
type Made = (own: Enum, space: string) => unknown;

/**
 * The type of a reader that takes the symbols of a writer's enums beyond its own, so that what has none of them is read: Avro refuses
 * only a value with an unknown symbol, and avsc all of that writer's (Avro 1.12, "Schema Resolution"). Enums are those of the same full
 * name, of an alias, or else of the same simple name. Undefined where there are none.
 */
export function withSymbolsOf(texts: readonly string[], reader: AvroSchema): Type | undefined {
  const written = new Map<string, readonly string[]>();
  const simply = new Map<string, readonly string[]>();
  for (const text of texts)
    eachEnum(JSON.parse(text), ({ name, symbols }, space) => {
      written.set(qualified(name, space), symbols);
      simply.set(simple(name), symbols);
    });
  let more = false;
  const schema = eachEnum(reader, (own, space) => {
    const names = [own.name, ...(own.aliases ?? [])].map((name) => qualified(name, space));
    const found = names.find((name) => written.has(name));
    const symbols = found === undefined ? simply.get(simple(own.name)) : written.get(found);
    const beyond = (symbols ?? []).filter((symbol) => !own.symbols.includes(symbol));
    if (beyond.length === 0 || own.default !== undefined) return own;
    more = true;
    return { ...own, symbols: [...own.symbols, ...beyond] };
  });
  return more ? avroType(schema as AvroSchema) : undefined;
}

/** The first symbol in a value that the reader's own type does not have. */
export function unknownSymbolIn(reader: Type, value: unknown): UnknownSymbol | undefined {
  let found: UnknownSymbol | undefined;
  reader.isValid(value, {
    errorHook: (path: readonly string[], symbol: unknown) =>
      void (found ??= { path: fieldInWords(fieldOf(reader, value, path)), symbol: String(symbol) }),
  });
  return found;
}

/** The path without what differs from value to value: `[]` for an array's indexes, `{}` for a map's keys. */
function fieldOf(type: Type, value: unknown, path: readonly string[]): readonly string[] {
  const [head, ...rest] = path;
  if (head === undefined) return [];
  if (type.typeName === 'union:unwrapped' && isUnion(type))
    return fieldOf(branchOf(type.types, value), value, path);
  const within = (value as Readonly<Record<string, unknown>>)[head];
  if (isArray(type)) return ['[]', ...fieldOf(type.itemsType, within, rest)];
  if (isMap(type)) return ['{}', ...fieldOf(type.valuesType, within, rest)];
  const [name, inner] = isRecord(type)
    ? [[head], type.fields.find((field) => field.name === head)?.type]
    : [[], isUnion(type) ? type.types.find((branch) => branch.branchName === head) : undefined];
  return inner ? [...name, ...fieldOf(inner, within, rest)] : name;
}

/** Branches that plain values tell apart: one has items, at most, and one has fields or values. */
const branchOf = (branches: readonly Type[], value: unknown) =>
  branches.find((branch) =>
    Array.isArray(value) ? isArray(branch) : isRecord(branch) || isMap(branch),
  ) as Type;

const simple = (name: string) => name.slice(name.lastIndexOf('.') + 1);

const qualified = (name: string, space: string) =>
  name.includes('.') || space === '' ? name : `${space}.${name}`;

/** The schema with what is made of each enum in it. What has no namespace is in that around it. */
function eachEnum(schema: unknown, made: Made, around = ''): unknown {
  if (Array.isArray(schema)) return schema.map((each) => eachEnum(each, made, around));
  if (typeof schema !== 'object' || schema === null) return schema;
  const space = spaceOf(schema, around);
  const parts = Object.entries(schema).map(([key, part]) => [key, eachEnum(part, made, space)] as const);
  const copy: unknown = Object.fromEntries(parts);
  return isEnum(copy) ? (made(copy, space) ?? copy) : copy;
}

function spaceOf(schema: object, around: string): string {
  const { name, namespace } = schema as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && name.includes('.')) return name.slice(0, name.lastIndexOf('.'));
  return typeof namespace === 'string' ? namespace : around;
}

const isEnum = (value: unknown): value is Enum => {
  const { type, name, symbols } = (value ?? {}) as Partial<Enum>;
  return type === 'enum' && typeof name === 'string' && Array.isArray(symbols);
};

import type { AvroSchema } from '../domain/index.ts';
import { avroType, type Type } from './avro.ts';

/** An enum's symbol that a reader does not have, and where it stands. */
export interface UnknownSymbol {
  readonly path: string;
  readonly symbol: string;
}

interface Enum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
  readonly default?: string;
}

/**
 * The type of a reader that takes the symbols of a writer's enums beyond its own, so that what has none of them is read: Avro refuses
 * only a value with an unknown symbol, and avsc all of that writer's (Avro 1.12, "Schema Resolution"). Undefined where there are none.
 */
export function withSymbolsOf(texts: readonly string[], reader: AvroSchema): Type | undefined {
  const written = new Map<string, readonly string[]>();
  for (const text of texts) eachEnum(text, ({ name, symbols }) => void written.set(simple(name), symbols));
  let more = false;
  const schema = eachEnum(JSON.stringify(reader), (own) => {
    const beyond = (written.get(simple(own.name)) ?? []).filter((symbol) => !own.symbols.includes(symbol));
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
      void (found ??= { path: path.join('.'), symbol: String(symbol) }),
  });
  return found;
}

const simple = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** The schema with what is made of each enum in it. */
const eachEnum = (text: string, made: (own: Enum) => unknown): unknown =>
  JSON.parse(text, (_, value: unknown) => (isEnum(value) ? (made(value) ?? value) : value));

const isEnum = (value: unknown): value is Enum => {
  const { type, name, symbols } = (value ?? {}) as Partial<Enum>;
  return type === 'enum' && typeof name === 'string' && Array.isArray(symbols);
};

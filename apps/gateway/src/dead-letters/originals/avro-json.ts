/** An Avro schema in its JSON form, as far as contracts use it. */
type Schema = string | readonly Schema[] | ComplexSchema;

interface ComplexSchema {
  readonly type: Schema;
  readonly name?: string;
  readonly namespace?: string;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
  readonly items?: Schema;
  readonly symbols?: readonly string[];
}

/** JSON that is not what its schema asks for; `path` is a JSON pointer to the place. */
export class DoesNotFit extends Error {
  readonly path: string;

  constructor(path: string, expected: string) {
    super(expected);
    this.path = path;
  }
}

/** What a record must be beside what its schema says. Throws DoesNotFit for the record at `path`. */
export type RecordRule = (record: never, path: string) => void;
/** By the full name of the record. */
export type RecordRules = ReadonlyMap<string, RecordRule>;

/**
 * The data of a message from the JSON that it is shown as: whole numbers become bigint where the schema has a `long`, and
 * hexadecimal digits become bytes. Throws DoesNotFit, also for a field that the schema does not have: it would be
 * left out without a word.
 */
export function fromJson(schema: object, json: unknown, rules: RecordRules = new Map()): unknown {
  const known = new Map<string, ComplexSchema>();
  return read(schema as Schema, json, '');

  function read(schema: Schema, json: unknown, path: string): unknown {
    if (isUnion(schema)) return readUnion(schema, json, path);
    if (typeof schema !== 'string') return readComplex(schema, json, path);
    const named = known.get(schema);
    return named ? readComplex(named, json, path) : readPrimitive(schema, json, path);
  }

  /** Of the kind that contracts have: something, or null. */
  function readUnion(schemas: readonly Schema[], json: unknown, path: string): unknown {
    if (json === null && schemas.includes('null')) return null;
    const [schema = 'null'] = schemas.filter((each) => each !== 'null');
    return read(schema, json, path);
  }

  function readComplex(schema: ComplexSchema, json: unknown, path: string): unknown {
    if (schema.type === 'record') return readRecord(schema, json, path);
    if (schema.type === 'enum') return readEnum(schema, json, path);
    if (schema.type !== 'array') return read(schema.type, json, path);
    if (!Array.isArray(json)) throw new DoesNotFit(path, 'must be an array');
    return json.map((item, index) => read(schema.items ?? 'null', item, `${path}/${index}`));
  }

  function readRecord(schema: ComplexSchema, json: unknown, path: string): unknown {
    for (const name of namesOf(schema)) known.set(name, schema);
    if (!isObject(json)) throw new DoesNotFit(path, 'must be an object');
    const fields = new Map(schema.fields?.map(({ name, type }) => [name, type]));
    const unknown = Object.keys(json).find((name) => !fields.has(name));
    if (unknown !== undefined) throw new DoesNotFit(`${path}/${unknown}`, 'is not in the schema');
    const record = Object.fromEntries(
      [...fields].map(([name, type]) => [name, read(type, ownOf(json, name), `${path}/${name}`)]),
    );
    for (const name of namesOf(schema)) rules.get(name)?.(record as never, path);
    return record;
  }

  function readEnum(schema: ComplexSchema, json: unknown, path: string): unknown {
    for (const name of namesOf(schema)) known.set(name, schema);
    const { symbols = [] } = schema;
    if (!symbols.includes(json as string)) throw new DoesNotFit(path, `must be one of ${symbols.join(', ')}`);
    return json;
  }
}

function readPrimitive(schema: string, json: unknown, path: string): unknown {
  const primitive = primitives.get(schema);
  if (!primitive) throw new DoesNotFit(path, `cannot be edited: it is of the type ${schema}`);
  const value = primitive.read(json);
  if (value === undefined) throw new DoesNotFit(path, `must be ${primitive.expected}`);
  return value;
}

interface Primitive {
  readonly expected: string;
  /** Undefined for what is not of the type. */
  readonly read: (json: unknown) => unknown;
}

const isInt = (json: unknown) => Number.isInteger(json) && Math.abs(Number(json) + 0.5) < 2 ** 31;

const readBytes = (json: unknown) =>
  typeof json === 'string' && /^([\da-f]{2})*$/i.test(json) ? Buffer.from(json, 'hex') : undefined;

const only = (accepts: (json: unknown) => boolean) => (json: unknown) => (accepts(json) ? json : undefined);

const primitives: ReadonlyMap<string, Primitive> = new Map(
  Object.entries({
    null: { expected: 'null', read: only((json) => json === null) },
    boolean: { expected: 'true or false', read: only((json) => typeof json === 'boolean') },
    string: { expected: 'a text', read: only((json) => typeof json === 'string') },
    double: { expected: 'a number', read: only((json) => typeof json === 'number') },
    int: { expected: 'a whole number of 32 bits', read: only(isInt) },
    long: { expected: 'a whole number of 64 bits, as text if it has more than 15 digits', read: readLong },
    bytes: { expected: 'pairs of hexadecimal digits', read: readBytes },
  }),
);

function readLong(json: unknown): bigint | undefined {
  const digits = typeof json === 'string' && /^-?\d{1,19}$/.test(json) ? json : undefined;
  const number = Number.isSafeInteger(json) ? (json as number) : undefined;
  const value = digits ?? number;
  if (value === undefined) return undefined;
  const long = BigInt(value);
  return BigInt.asIntN(64, long) === long ? long : undefined;
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const ownOf = (json: Readonly<Record<string, unknown>>, name: string) =>
  Object.hasOwn(json, name) ? json[name] : undefined;

const namesOf = ({ name = '', namespace }: ComplexSchema) =>
  namespace === undefined ? [name] : [name, `${namespace}.${name}`];

import {
  type AvroType,
  fullName,
  isArray,
  isMap,
  isRecord,
  isUnion,
  nestedTypes,
  type RecordSchema,
} from './schema.ts';

/** A key `name`; inside of a text its quotes would be escaped. */
const NAME = /(?<!\\)"name"\s*:/g;

/**
 * The line of a schema's text that names the field at this path, from 1; undefined where the schema does not have it. `[]` and `{}` in
 * it are items and values. The schema is Avro: of what is none, `lineNaming` knows the lines.
 */
export const lineOf = (text: string, schema: RecordSchema, path: readonly string[]): number | undefined =>
  lineNaming(text, schema, path.length === 0 ? schema : fieldAt(schema, path));

/** The line of a JSON text that gives this object its name, from 1; undefined where it has none. `json` is the text, parsed. */
export function lineNaming(text: string, json: unknown, object: unknown): number | undefined {
  const index = namedObjects(json).findIndex((each) => each === object);
  const match = [...text.matchAll(NAME)][index];
  return match && text.slice(0, match.index).split('\n').length;
}

/** All objects with a name, in the order in which their names stand in the text. */
function namedObjects(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'name' && !Array.isArray(value) ? [value, ...namedObjects(inner)] : namedObjects(inner),
  );
}

function fieldAt(schema: RecordSchema, path: readonly string[]): object | undefined {
  const defined = new Map(
    [...nestedTypes(schema), schema].filter(isRecord).map((one) => [fullName(one), one]),
  );
  const recordsIn = (type: AvroType): readonly RecordSchema[] => {
    if (isUnion(type)) return type.flatMap(recordsIn);
    if (isArray(type)) return recordsIn(type.items);
    if (isMap(type)) return recordsIn(type.values);
    const record = typeof type === 'string' ? defined.get(type) : type;
    return record && isRecord(record) ? [record] : [];
  };
  let records: readonly RecordSchema[] = [schema];
  let found: object | undefined;
  for (const name of path.filter((segment) => segment !== '[]' && segment !== '{}')) {
    const field = records.flatMap(({ fields }) => fields).find((one) => one.name === name);
    if (!field) return undefined;
    found = field;
    records = recordsIn(field.type);
  }
  return found;
}

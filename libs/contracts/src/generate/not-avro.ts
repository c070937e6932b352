import { comparedType, refuseAmbiguousUnions } from '@atelier/eventing/serde';

/** What keeps a schema from being Avro, and the object in it where that begins. */
export interface NotAvro {
  readonly text: string;
  readonly at: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Looks at the JSON of a record, of which nothing else is known. Undefined: it is a RecordSchema. */
export function notAvro(record: Json): NotAvro | undefined {
  const [misshapen] = misshapenIn(record, record);
  if (misshapen) return misshapen;
  const text = whyUnusable(record);
  if (text === undefined) return undefined;
  const fields: readonly unknown[] = Array.isArray(record['fields']) ? record['fields'] : [];
  // The first field without which the rest before it is Avro.
  const first = fields.find(
    (_, n) => whyUnusable({ ...record, fields: fields.slice(0, n + 1) }) !== undefined,
  );
  return { text, at: first ?? record };
}

function whyUnusable(schema: Json): string | undefined {
  try {
    comparedType(schema);
    refuseAmbiguousUnions(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const isText = (value: unknown) => typeof value === 'string';
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NAMED = new Set<unknown>(['record', 'enum', 'fixed']);

/** What avsc does not look at, or stumbles over, as others would. `at` is the field that has this type. */
function* misshapenIn(type: unknown, at: Json): Generator<NotAvro> {
  if (isText(type)) return;
  if (Array.isArray(type)) for (const branch of type) yield* misshapenIn(branch, at);
  else if (isObject(type)) yield* misshapen(type, at);
  else yield wrong(at, `a type is ${shown(type)}${type === null ? ': is "null" meant?' : ''}`);
}

function* misshapen(type: Json, at: Json): Generator<NotAvro> {
  const { type: kind, name, symbols, items, values, fields } = type;
  if (!isText(kind)) yield wrong(at, `the type of a type is ${shown(kind)}`);
  if (kind === 'error') yield wrong(at, 'an error is of a protocol: make it a record');
  if (NAMED.has(kind) && !isText(name)) yield wrong(at, `the name of a type is ${shown(name)}`);
  if (kind === 'enum' && !areTexts(symbols)) yield wrong(at, `the symbols of an enum are ${shown(symbols)}`);
  yield* misdescribed(type, at);
  if (kind === 'array') yield* misshapenIn(items, at);
  if (kind === 'map') yield* misshapenIn(values, at);
  for (const field of Array.isArray(fields) ? (fields as readonly unknown[]) : []) {
    if (!isObject(field)) return yield wrong(at, `a field is ${shown(field)}`);
    yield* misdescribed(field, field);
    yield* misshapenIn(field['type'], field);
  }
}

function* misdescribed({ doc, aliases }: Json, at: Json): Generator<NotAvro> {
  if (doc !== undefined && !isText(doc)) yield wrong(at, `doc is ${shown(doc)}`);
  if (aliases !== undefined && !areTexts(aliases)) yield wrong(at, `aliases are ${shown(aliases)}`);
}

const wrong = (at: Json, what: string): NotAvro => ({ text: `is no Avro schema: ${what}`, at });

const shown = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value));

import {
  type AvroType,
  isArray,
  isEnum,
  isMap,
  isNamed,
  isRecord,
  isUnion,
  type NamedSchema,
  type RecordSchema,
} from './schema.ts';

/** The TypeScript name of a type that has this name in Avro. */
export type NameOf = (name: string) => string;

const itself: NameOf = (name) => name;

const primitives: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  string: 'string',
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
};

export function renderNamed(type: NamedSchema, nameOf = itself): string {
  const name = nameOf(type.name);
  if (isRecord(type)) return renderInterface(name, type, nameOf);
  const means = isEnum(type) ? type.symbols.map((symbol) => `'${symbol}'`).join(' | ') : 'Buffer';
  return `${comment(type.doc, '')}export type ${name} = ${means};\n`;
}

export const renderInterface = (name: string, record: RecordSchema, nameOf = itself) =>
  `${comment(record.doc, '')}export interface ${name} ${renderShape(record, nameOf)}\n`;

function renderShape({ fields }: RecordSchema, nameOf: NameOf): string {
  const lines = fields.map(
    ({ name, type, doc }) => `${comment(doc, '  ')}  readonly ${name}: ${renderType(type, nameOf)};\n`,
  );
  return `{\n${lines.join('')}}`;
}

const comment = (doc: string | undefined, indent: string) =>
  doc ? `${indent}/** ${doc.replaceAll('*/', '* /')} */\n` : '';

function renderType(type: AvroType, nameOf: NameOf): string {
  const render = (inner: AvroType) => renderType(inner, nameOf);
  if (isUnion(type)) return type.map(render).join(' | ');
  if (isArray(type))
    return `readonly ${isUnion(type.items) ? `(${render(type.items)})` : render(type.items)}[]`;
  if (isMap(type)) return `Readonly<Record<string, ${render(type.values)}>>`;
  if (isNamed(type)) return nameOf(type.name);
  // A logical type is what its bytes are: the codec does not look at it.
  return typeof type === 'string' ? (primitives[type] ?? nameOf(typeName(type))) : render(type.type);
}

/** The TypeScript name of a type that was defined before: `Money` for `atelier.Money`. */
const typeName = (reference: string) => reference.split('.').at(-1) ?? '';

/** The types that its fields name. */
export function namesIn(record: RecordSchema): readonly string[] {
  return record.fields.flatMap(({ type }) => namesOf(type));
}

function namesOf(type: AvroType): readonly string[] {
  if (isUnion(type)) return type.flatMap(namesOf);
  if (isArray(type)) return namesOf(type.items);
  if (isMap(type)) return namesOf(type.values);
  if (isNamed(type)) return [type.name];
  return typeof type === 'string' && !primitives[type] ? [typeName(type)] : [];
}

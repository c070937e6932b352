import avro, { type Type } from 'avsc';
import { type AvroSchema, ConfigurationError } from '../../domain/index.ts';

/** avsc's types, with what its declarations leave out. Names are full ones, references are resolved. */
export interface RecordType extends Type {
  readonly name: string;
  aliases: string[];
  readonly fields: readonly RecordField[];
}

export interface RecordField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: Type;
  /** undefined: there is none. */
  defaultValue(): unknown;
}

export interface EnumType extends Type {
  readonly name: string;
  aliases: string[];
  readonly symbols: readonly string[];
  readonly default?: string;
}

export interface FixedType extends Type {
  readonly name: string;
  aliases: string[];
  readonly size: number;
}

export interface UnionType extends Type {
  readonly types: readonly Type[];
}

export interface ArrayType extends Type {
  readonly itemsType: Type;
}

export interface MapType extends Type {
  readonly valuesType: Type;
}

export const isRecord = (type: Type): type is RecordType => type.typeName === 'record';
export const isEnum = (type: Type): type is EnumType => type.typeName === 'enum';
export const isFixed = (type: Type): type is FixedType => type.typeName === 'fixed';
export const isUnion = (type: Type): type is UnionType => type.typeName.startsWith('union:');
export const isArray = (type: Type): type is ArrayType => type.typeName === 'array';
export const isMap = (type: Type): type is MapType => type.typeName === 'map';

/** The types that a type has directly within it. */
export function innerTypes(type: Type): readonly Type[] {
  if (isRecord(type)) return type.fields.map((field) => field.type);
  if (isUnion(type)) return type.types;
  if (isArray(type)) return [type.itemsType];
  return isMap(type) ? [type.valuesType] : [];
}

/** A logical type, kept by what it says: readers and writers must mean the same by the same bytes. */
export class LogicalType extends avro.types.LogicalType {
  /** `decimal(10, 2)`, `timestamp-millis`. */
  readonly meaning: string;

  constructor(schema: avro.Schema, options?: unknown) {
    super(schema, options);
    const { logicalType, precision, scale = 0 } = schema as unknown as Readonly<Record<string, unknown>>;
    this.meaning =
      logicalType === 'decimal' ? `decimal(${String(precision)}, ${String(scale)})` : (logicalType as string);
  }

  protected override _fromValue(value: unknown): unknown {
    return value;
  }

  protected override _toValue(value: unknown): unknown {
    return value;
  }
}

const LOGICAL = [
  ...['decimal', 'big-decimal', 'uuid', 'date', 'duration', 'time-millis', 'time-micros'],
  ...['millis', 'micros', 'nanos'].flatMap((unit) => [`timestamp-${unit}`, `local-timestamp-${unit}`]),
];
const logicalTypes = Object.fromEntries(LOGICAL.map((name) => [name, LogicalType]));

/** A schema as it is compared with others. Throws ConfigurationError for what is no Avro. */
export function comparedType(schema: AvroSchema | object): Type {
  try {
    // Wrapped, so that a union keeps its branches whatever they are.
    return avro.Type.forSchema(schema as avro.Schema, { logicalTypes, wrapUnions: true });
  } catch (cause) {
    throw new ConfigurationError('SCHEMA_INVALID', `is no Avro schema: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Throws ConfigurationError for unions whose branches plain values cannot tell apart: int and long, two records. The codec would want
 * them wrapped, and no type of the contracts says so. And for those of string and bytes: avsc reads either as the first of them.
 */
export function refuseAmbiguousUnions(schema: AvroSchema | object): void {
  const refuse = (what: string, cause?: unknown) =>
    new ConfigurationError('UNION_AMBIGUOUS', `holds a union ${what}: use a field for each`, { cause });
  let type: Type;
  try {
    type = avro.Type.forSchema(schema as avro.Schema, { wrapUnions: false });
  } catch (cause) {
    throw refuse('whose branches plain values cannot tell apart, like int and long, or two records', cause);
  }
  if (holdsTextAndBytes(type, new Set()))
    throw refuse('of string and bytes, and what it holds would be read as the first of them');
}

function holdsTextAndBytes(type: Type, seen: Set<Type>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  const inner = innerTypes(type);
  const hasBoth =
    isUnion(type) && ['string', 'bytes'].every((name) => inner.some(({ typeName }) => typeName === name));
  return hasBoth || inner.some((each) => holdsTextAndBytes(each, seen));
}

/** A field by the names on the way to it: `lines[].channel`. */
export const fieldInWords = (path: readonly string[]) =>
  path.join('.').replaceAll('.[]', '[]').replaceAll('.{}', '{}');

/** A type in Avro's words: `array of string`. */
export function typeInWords(type: Type): string {
  if (type instanceof LogicalType) return `${type.meaning} (${typeInWords(type.underlyingType)})`;
  if (isUnion(type)) return type.types.map(typeInWords).join(' or ');
  if (isArray(type)) return `array of ${typeInWords(type.itemsType)}`;
  if (isMap(type)) return `map of ${typeInWords(type.valuesType)}`;
  if (isFixed(type)) return `fixed ${type.name} of ${type.size} bytes`;
  if (isRecord(type) || isEnum(type)) return `${type.typeName} ${type.name}`;
  return type.typeName;
}

import type { AvroSchema } from '@atelier/eventing/domain';

/** An Avro schema as it stands in an `.avsc` file. */
export type AvroType =
  | string
  | RecordSchema
  | EnumSchema
  | FixedSchema
  | ArraySchema
  | MapSchema
  | LogicalSchema
  | readonly AvroType[];

export interface RecordSchema extends AvroSchema {
  readonly doc?: string;
  readonly fields: readonly RecordField[];
}

export interface RecordField {
  readonly name: string;
  readonly type: AvroType;
  readonly doc?: string;
  readonly default?: unknown;
}

export interface EnumSchema {
  readonly type: 'enum';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly symbols: readonly string[];
}

export interface FixedSchema {
  readonly type: 'fixed';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly size: number;
}

export interface ArraySchema {
  readonly type: 'array';
  readonly items: AvroType;
}

export interface MapSchema {
  readonly type: 'map';
  readonly values: AvroType;
}

/** A primitive type that stands as an object: `{ "type": "bytes", "logicalType": "decimal", … }`. */
export interface LogicalSchema {
  readonly type: string;
}

export type NamedSchema = RecordSchema | EnumSchema | FixedSchema;

export const isUnion = (type: AvroType): type is readonly AvroType[] => Array.isArray(type);

const isOf = (type: AvroType, kind: string) =>
  typeof type === 'object' && 'type' in type && type.type === kind;

export const isRecord = (type: AvroType): type is RecordSchema => isOf(type, 'record');
export const isEnum = (type: AvroType): type is EnumSchema => isOf(type, 'enum');
export const isArray = (type: AvroType): type is ArraySchema => isOf(type, 'array');
export const isMap = (type: AvroType): type is MapSchema => isOf(type, 'map');
export const isNamed = (type: AvroType): type is NamedSchema =>
  isRecord(type) || isEnum(type) || isOf(type, 'fixed');

/** The name that identifies a record everywhere: `atelier.orders.OrderLine`. */
export const fullName = ({ namespace, name }: Pick<AvroSchema, 'namespace' | 'name'>) =>
  namespace ? `${namespace}.${name}` : name;

/** The types that a schema defines inside itself, innermost first. */
export function nestedTypes(schema: RecordSchema): readonly NamedSchema[] {
  return schema.fields.flatMap((field) => namedIn(field.type));
}

function namedIn(type: AvroType): readonly NamedSchema[] {
  if (isUnion(type)) return type.flatMap(namedIn);
  if (isArray(type)) return namedIn(type.items);
  if (isMap(type)) return namedIn(type.values);
  if (isRecord(type)) return [...nestedTypes(type), type];
  return isNamed(type) ? [type] : [];
}

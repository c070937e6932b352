import type { AvroSchema } from '@atelier/eventing/domain';

/** An Avro schema as it stands in an `.avsc` file: the part of Avro that the contracts use. */
export type AvroType = string | RecordSchema | ArraySchema | readonly AvroType[];

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

export interface ArraySchema {
  readonly type: 'array';
  readonly items: AvroType;
}

export const isUnion = (type: AvroType): type is readonly AvroType[] => Array.isArray(type);

export const isRecord = (type: AvroType): type is RecordSchema =>
  typeof type === 'object' && 'type' in type && type.type === 'record';

export const isArray = (type: AvroType): type is ArraySchema =>
  typeof type === 'object' && 'type' in type && type.type === 'array';

/** The name that identifies a record everywhere: `atelier.orders.OrderLine`. */
export const fullName = ({ namespace, name }: AvroSchema) => (namespace ? `${namespace}.${name}` : name);

/** The records that a schema defines inside itself, innermost first. */
export function nestedRecords(schema: RecordSchema): readonly RecordSchema[] {
  return schema.fields.flatMap((field) => recordsIn(field.type));
}

function recordsIn(type: AvroType): readonly RecordSchema[] {
  if (isUnion(type)) return type.flatMap(recordsIn);
  if (isArray(type)) return recordsIn(type.items);
  return isRecord(type) ? [...nestedRecords(type), type] : [];
}

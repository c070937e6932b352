import avro from 'avsc';
import type { AvroSchema } from '../domain/index.ts';

/** Avro `long` as bigint: a double loses whole numbers above 2^53. */
const bigintLong = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: (value: bigint) => value.toString(),
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/**
 * The Avro type of a schema, reading and writing `long` as bigint; it may name those that it refers to. What it reads is plain data:
 * records have no methods.
 */
export function avroType(schema: AvroSchema | object, references: readonly object[] = []): avro.Type {
  const options = { registry: { long: bigintLong }, omitRecordMethods: true };
  for (const reference of references) avro.Type.forSchema(reference as avro.Schema, options);
  return avro.Type.forSchema(schema as avro.Schema, options);
}

export type { Resolver, Type } from 'avsc';

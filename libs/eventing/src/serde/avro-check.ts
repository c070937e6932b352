import avro from 'avsc';
import type { Type } from './avro.ts';
import { AvroBytes } from './avro-bytes.ts';
import { ConfigurationError } from '../domain/index.ts';

const { types } = avro;

/** Walks over a value of one type, from its first byte to the one behind its last. */
type Walk = (bytes: AvroBytes) => void;
type Walks = Map<Type, Walk>;

/**
 * Makes the check of what was written with a type: it walks over the bytes, from an offset to their end, before anything is
 * made of them. avsc believes the counts that it reads, puts U+FFFD where text is not UTF-8, and does not look at
 * fields that its reader does not have. The check throws MalformedAvro.
 */
export function checkOf(writer: Type): (value: Buffer, from: number) => void {
  const walk = walkOf(writer, new Map());
  return (value, from) => {
    const bytes = new AvroBytes(value, from);
    walk(bytes);
    bytes.end();
  };
}

function walkOf(type: Type, known: Walks): Walk {
  const found = known.get(type);
  if (found) return found;
  // A type may have itself within it.
  known.set(type, (bytes) => known.get(type)?.(bytes));
  const walk = made(type, known);
  known.set(type, walk);
  return walk;
}

function made(type: Type, known: Walks): Walk {
  if (type instanceof types.RecordType) return record(type, known);
  if (type instanceof types.ArrayType) return items(walkOf(type.itemsType, known));
  if (type instanceof types.MapType) return entries(walkOf(type.valuesType as Type, known));
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType)
    return union(type.types.map((branch) => walkOf(branch, known)));
  if (type instanceof types.EnumType) return (bytes) => void bytes.index(type.symbols.length);
  if (type instanceof types.FixedType) return (bytes) => bytes.skip(type.size);
  return primitive(type);
}

function record({ fields }: avro.types.RecordType, known: Walks): Walk {
  const walks = fields.map(({ name, type }) => ({ name, walk: walkOf(type, known) }));
  return (bytes) => {
    bytes.enter();
    for (const { name, walk } of walks) {
      bytes.step(name);
      walk(bytes);
    }
    bytes.leave();
  };
}

const items =
  (item: Walk): Walk =>
  (bytes) =>
    bytes.blocks(item);

const entries = (value: Walk): Walk =>
  items((bytes) => {
    bytes.key();
    value(bytes);
  });

const union =
  (branches: readonly Walk[]): Walk =>
  (bytes) =>
    branches[bytes.index(branches.length)]?.(bytes);

function primitive({ typeName }: Type): Walk {
  switch (typeName) {
    case 'null':
      return () => undefined;
    case 'boolean':
      return (bytes) => bytes.boolean();
    case 'int':
      return (bytes) => bytes.int();
    case 'long':
    case 'abstract:long':
      return (bytes) => void bytes.long();
    case 'float':
      return (bytes) => bytes.skip(4);
    case 'double':
      return (bytes) => bytes.skip(8);
    case 'bytes':
      return (bytes) => void bytes.binary();
    case 'string':
      return (bytes) => void bytes.text();
    default:
      throw new ConfigurationError(
        'AVRO_TYPE_UNKNOWN',
        `Avro's ${typeName} is not known here: use another type`,
        {
          fields: { type: typeName },
        },
      );
  }
}

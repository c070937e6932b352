import avro from 'avsc';
import type { Type } from './avro.ts';
import { AvroBytes } from './avro-bytes.ts';
import { ConfigurationError } from '../domain/index.ts';
import { isArray, isMap, isRecord, isUnion, type RecordType } from './evolution/avro-types.ts';

const { types } = avro;

/** Walks over a value of one type, from its first byte to the one behind its last. */
type Walk = (bytes: AvroBytes) => void;
/** What reads it; undefined where nothing does. */
type Reader = Type | undefined;
type Walks = Map<Type, Map<Reader, Walk>>;

/**
 * Makes the check of what was written with a type, and is read with another: it walks over the bytes, from an offset to their end,
 * before anything is made of them. avsc believes the counts that it reads, puts U+FFFD where text is not UTF-8, bytes that are
 * read as text among it, and does not look at fields that its reader does not have. The check throws MalformedAvro.
 */
export function checkOf(writer: Type, reader: Type = writer): (value: Buffer, from: number) => void {
  const walk = walkOf(writer, reader, new Map());
  return (value, from) => {
    const bytes = new AvroBytes(value, from);
    walk(bytes);
    bytes.end();
  };
}

function walkOf(type: Type, reader: Reader, known: Walks): Walk {
  const own = known.get(type) ?? new Map<Reader, Walk>();
  const found = own.get(reader);
  if (found) return found;
  // A type may have itself within it.
  own.set(reader, (bytes) => own.get(reader)?.(bytes));
  known.set(type, own);
  const walk = made(type, reader, known);
  own.set(reader, walk);
  return walk;
}

function made(type: Type, reader: Reader, known: Walks): Walk {
  if (type instanceof types.RecordType) return record(type, reader, known);
  if (isArray(type)) return items(walkOf(type.itemsType, branchOf(reader, isArray)?.itemsType, known));
  if (isMap(type)) return entries(walkOf(type.valuesType, branchOf(reader, isMap)?.valuesType, known));
  if (isUnion(type)) return union(type.types.map((branch) => walkOf(branch, reader, known)));
  if (type instanceof types.EnumType) return (bytes) => void bytes.index(type.symbols.length);
  if (type instanceof types.FixedType) return (bytes) => bytes.skip(type.size);
  const isText = branchOf(reader, isStringOrBytes)?.typeName === 'string';
  return type.typeName === 'bytes' && isText ? (bytes) => void bytes.text() : primitive(type);
}

const isStringOrBytes = (type: Type): type is Type => ['string', 'bytes'].includes(type.typeName);

/** What reads a value of a kind: the reader, or the first of its branches that does. */
function branchOf<T extends Type>(reader: Reader, isOne: (type: Type) => type is T): T | undefined {
  if (!reader) return undefined;
  return (isUnion(reader) ? reader.types : [reader]).find(isOne);
}

function record(type: avro.types.RecordType, reader: Reader, known: Walks): Walk {
  const isNamesake = (one: Type): one is RecordType =>
    isRecord(one) && (one === reader || one.name === type.name || one.aliases.includes(type.name ?? ''));
  const read = branchOf(reader, isNamesake)?.fields ?? [];
  const walks = type.fields.map(({ name, type: written }) => {
    const field = read.find((one) => one.name === name || one.aliases.includes(name));
    return { name, walk: walkOf(written, field?.type, known) };
  });
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

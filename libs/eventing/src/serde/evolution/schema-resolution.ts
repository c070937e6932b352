import type { Type } from 'avsc';
import {
  isArray,
  isEnum,
  isFixed,
  isMap,
  isRecord,
  isUnion,
  LogicalType,
  type EnumType,
  type RecordField,
  type RecordType,
  typeInWords,
  type UnionType,
} from './avro-types.ts';

/** Why a reader cannot read what a writer writes. `path` are the fields on the way; `[]` and `{}` are items and values. */
export type Misreading = { readonly path: readonly string[] } & (
  | {
      /** The reader wants a field that the writer does not have, and has no default for it. */
      readonly kind: 'no-default';
    }
  | {
      /** The writer has it under another name, with an alias: readers' aliases count, and writers' do not. */
      readonly kind: 'renamed';
      readonly to: string;
      /** Whether the reader has a default for it: then nothing fails, and what was written is not seen. */
      readonly hidden: boolean;
    }
  | {
      /** Symbols that the reader's enum does not have, and no default for them. */
      readonly kind: 'symbols';
      readonly symbols: readonly string[];
    }
  | {
      /** Two fields of the writer that the reader would take as one, by its name and by an alias. */
      readonly kind: 'ambiguous-alias';
      readonly names: readonly string[];
    }
  | {
      /** `name`: of records, enums and fixed; `branch`: one of a union; `logical`: other meanings of the same bytes. */
      readonly kind: 'type' | 'name' | 'branch' | 'logical';
      readonly reader: string;
      readonly writer: string;
    }
);

/** What Avro's readers take for their own: but not bytes for a string, as not all bytes are text. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  bytes: ['string'],
};

/**
 * Everything that keeps a reader with one schema from reading what was written with another, by the section "Schema Resolution" of
 * Avro's specification (1.12). It is stricter where something would fail here (avsc), or be read as something else: names count
 * with their namespace, logical types must be the same, a writer's union must be readable in all its branches, bytes are
 * no text, and what was renamed must not be hidden behind a default.
 */
export function misreadings(reader: Type, writer: Type): readonly Misreading[] {
  return new Resolution().compare(reader, writer, []);
}

class Resolution {
  /** Records that were compared already, or are being compared: schemas may be recursive. */
  private readonly compared: Set<string>;

  constructor(compared: Iterable<string> = []) {
    this.compared = new Set(compared);
  }

  compare(reader: Type, writer: Type, path: readonly string[]): readonly Misreading[] {
    if (isUnion(writer)) return writer.types.flatMap((branch) => this.branch(reader, branch, path));
    if (isUnion(reader)) return this.inUnion(reader, writer, path);
    if (reader instanceof LogicalType || writer instanceof LogicalType)
      return this.logical(reader, writer, path);
    if (isRecord(reader) && isRecord(writer)) return this.records(reader, writer, path);
    if (isEnum(reader) && isEnum(writer)) return enums(reader, writer, path);
    if (isFixed(reader) && isFixed(writer) && reader.size === writer.size) return names(reader, writer, path);
    if (isArray(reader) && isArray(writer))
      return this.compare(reader.itemsType, writer.itemsType, [...path, '[]']);
    if (isMap(reader) && isMap(writer))
      return this.compare(reader.valuesType, writer.valuesType, [...path, '{}']);
    const same = reader.typeName === writer.typeName && !isFixed(reader);
    if (same || PROMOTIONS[reader.typeName]?.includes(writer.typeName)) return [];
    return [different('type', reader, writer, path)];
  }

  /** One branch of a writer's union: what the reader does not have at all is told as a branch. */
  private branch(reader: Type, branch: Type, path: readonly string[]): readonly Misreading[] {
    return this.compare(reader, branch, path).map((misreading) =>
      misreading.kind === 'type' && misreading.path.length === path.length
        ? different('branch', reader, branch, path)
        : misreading,
    );
  }

  /** The first branch that reads it; where none does, what is wrong with the one of the same name. */
  private inUnion(reader: UnionType, writer: Type, path: readonly string[]): readonly Misreading[] {
    const tried = reader.types.map((branch) => new Resolution(this.compared).compare(branch, writer, path));
    if (tried.some((found) => found.length === 0)) return [];
    const namesake = reader.types.findIndex(
      (branch) => branch.typeName === writer.typeName && branch.name === writer.name,
    );
    return tried[namesake] ?? [different('branch', reader, writer, path)];
  }

  private logical(reader: Type, writer: Type, path: readonly string[]): readonly Misreading[] {
    const meaning = (type: Type) => (type instanceof LogicalType ? type.meaning : '');
    if (meaning(reader) !== meaning(writer)) return [different('logical', reader, writer, path)];
    const bytes = (type: Type) => (type instanceof LogicalType ? type.underlyingType : type);
    return this.compare(bytes(reader), bytes(writer), path);
  }

  private records(reader: RecordType, writer: RecordType, path: readonly string[]): readonly Misreading[] {
    const both = `${reader.name}:${writer.name}`;
    if (this.compared.has(both)) return [];
    this.compared.add(both);
    const fields = reader.fields.flatMap((field) => this.field(field, writer, [...path, field.name]));
    return [...names(reader, writer, path), ...fields];
  }

  private field(field: RecordField, { fields }: RecordType, path: readonly string[]): readonly Misreading[] {
    const found = fields.filter(({ name }) => name === field.name || field.aliases.includes(name));
    if (found.length > 1) return [{ kind: 'ambiguous-alias', path, names: found.map(({ name }) => name) }];
    const [written] = found;
    if (written) return this.compare(field.type, written.type, path);
    const hidden = field.defaultValue() !== undefined;
    const renamed = fields.find(({ aliases }) => aliases.includes(field.name));
    if (renamed) return [{ kind: 'renamed', path, to: renamed.name, hidden }];
    return hidden ? [] : [{ kind: 'no-default', path }];
  }
}

function enums(reader: EnumType, writer: EnumType, path: readonly string[]): readonly Misreading[] {
  const symbols = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  const unknown = symbols.length > 0 && reader.default === undefined;
  return [...names(reader, writer, path), ...(unknown ? [{ kind: 'symbols', path, symbols } as const] : [])];
}

const names = (
  reader: Type & { readonly aliases: readonly string[] },
  writer: Type,
  path: readonly string[],
): readonly Misreading[] =>
  reader.name === writer.name || reader.aliases.includes(writer.name ?? '')
    ? []
    : [different('name', reader, writer, path)];

const different = (
  kind: 'type' | 'name' | 'branch' | 'logical',
  reader: Type,
  writer: Type,
  path: readonly string[],
): Misreading => ({ kind, path, reader: typeInWords(reader), writer: typeInWords(writer) });

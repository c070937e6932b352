import type { MessageSource } from './read-schemas.ts';
import { namesIn, type NameOf, renderInterface, renderNamed } from './render-type.ts';
import { isRecord, nestedTypes, type RecordSchema } from './schema.ts';

interface Rendered {
  readonly text: string;
  /** The names of shared types in it. */
  readonly shared: readonly string[];
}

/**
 * The data of messages as former versions have it, `OrderPlacedV1Data`, for specs of what is read of it. `shared`: the types that messages
 * share today, by name; a version that has another type of such a name has one of its own, `OrderPlacedV1Money`.
 */
export function renderVersions(
  sources: readonly MessageSource[],
  shared: ReadonlyMap<string, string>,
): string {
  const former = sources.flatMap(({ type, versions }) =>
    versions.slice(0, -1).map((schema, index) => renderVersion(`${type}V${index + 1}`, schema, shared)),
  );
  const names = [...new Set(former.flatMap((one) => one.shared))].sort();
  const imports = names.length > 0 ? [`import type { ${names.join(', ')} } from './records.ts';\n`] : [];
  return ['', ...imports, ...former.map(({ text }) => text)].join('\n');
}

function renderVersion(name: string, schema: RecordSchema, shared: ReadonlyMap<string, string>): Rendered {
  const own = new Map<string, string>();
  const nameOf: NameOf = (type) => own.get(type) ?? type;
  const texts: string[] = [];
  const records: RecordSchema[] = [schema];
  // Innermost first: what has a type of its own in it is another type, too.
  for (const type of nestedTypes(schema)) {
    if (renderNamed(type, nameOf) === shared.get(type.name)) continue;
    own.set(type.name, `${name}${type.name}`);
    texts.push(renderNamed(type, nameOf));
    if (isRecord(type)) records.push(type);
  }
  texts.push(renderInterface(`${name}Data`, schema, nameOf));
  return { text: texts.join('\n'), shared: records.flatMap(namesIn).filter((type) => !own.has(type)) };
}

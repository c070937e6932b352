import { readdir, readFile } from 'node:fs/promises';
import { InvalidSchemas } from './problems.ts';
import { parseSchemaFile, problemsBetween, sameNames, type SchemaFile } from './schema-file.ts';
import type { RecordSchema } from './schema.ts';
import { topicKeys } from './topic-keys.ts';
import { ofNoMessage, readUpcasters } from './upcasters.ts';

/** One type of message with all the versions of its schema; the last one is what is written. */
export interface MessageSource {
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  /** By version, from 1. */
  readonly files: readonly SchemaFile[];
  readonly versions: readonly RecordSchema[];
  readonly latest: RecordSchema;
  /** It has an upcaster: it is read, and no handler sees it. */
  readonly former: boolean;
}

const OUTSIDE = 'is in no folder of a topic: schemas are in schemas/<topic>/<Type>.v<version>.avsc';

export const schemasDir = new URL('../../schemas/', import.meta.url);

/**
 * Reads `schemas/<topic>/<Type>.v<n>.avsc`, in alphabetical order of topics and types. Throws InvalidSchemas with all that is wrong.
 */
export async function readSchemas(dir = schemasDir): Promise<readonly MessageSource[]> {
  const paths = await pathsIn(dir);
  const problems = [...sameNames(paths)];
  const files: SchemaFile[] = [];
  for (const path of paths) {
    try {
      files.push(await readFileOf(dir, path));
    } catch (error) {
      if (!(error instanceof InvalidSchemas)) throw error;
      problems.push(...error.problems);
    }
  }
  // A file that cannot be read would be a gap, too.
  if (problems.length === 0) problems.push(...problemsBetween(files));
  const upcasters = await readUpcasters(new URL('../src/upcasters/', dir));
  if (problems.length === 0) problems.push(...ofNoMessage(upcasters, files));
  if (problems.length > 0) throw new InvalidSchemas(problems);
  const byMessage = Map.groupBy(files, ({ topic, type }) => `${topic}/${type}`);
  return [...byMessage].flatMap(([name, own]) => sourceOf(own, upcasters.has(name)));
}

/** `<topic>/<file>`, in alphabetical order, without what file managers leave behind. */
async function pathsIn(dir: URL): Promise<readonly string[]> {
  const visible = async (folder: URL) =>
    (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const paths = (await visible(dir)).map(async (entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return (await visible(new URL(`${entry.name}/`, dir))).map(({ name }) => `${entry.name}/${name}`);
  });
  return (await Promise.all(paths)).flat().sort();
}

async function readFileOf(dir: URL, file: string): Promise<SchemaFile> {
  const refuse = (text: string) => new InvalidSchemas([{ file, text }]);
  const [topic = '', name] = file.split('/');
  if (name === undefined) throw refuse(OUTSIDE);
  const key = topicKeys[topic];
  if (!key) throw refuse('is of a topic without a key: name it in topic-keys.ts');
  const text = await readFile(new URL(file, dir), 'utf8').catch((error: unknown) => {
    throw refuse(`cannot be read: ${(error as Error).message}`);
  });
  return parseSchemaFile(topic, name, text, key);
}

function sourceOf(unordered: readonly SchemaFile[], former: boolean): readonly MessageSource[] {
  const files = unordered.toSorted((a, b) => a.version - b.version);
  const versions = files.map(({ schema }) => schema);
  const [last, latest] = [files.at(-1), versions.at(-1)];
  if (!last || !latest) return [];
  const { type, topic } = last;
  return [{ type, topic, key: topicKeys[topic] ?? '', files, versions, latest, former }];
}

import { readdir, readFile } from 'node:fs/promises';
import { fullName, type RecordSchema } from './schema.ts';
import { topicKeys } from './topic-keys.ts';

/** One type of message with all the versions of its schema; the last one is what is written. */
export interface MessageSource {
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly versions: readonly RecordSchema[];
  readonly latest: RecordSchema;
}

const schemasDir = new URL('../../schemas/', import.meta.url);
const fileName = /^(?<type>[A-Z]\w*)\.v(?<version>[1-9]\d*)\.avsc$/;

/** Reads `schemas/<topic>/<Type>.v<n>.avsc`, in alphabetical order of topics and types. */
export async function readSchemas(dir = schemasDir): Promise<readonly MessageSource[]> {
  const topics = (await readdir(dir)).sort();
  const sources = await Promise.all(topics.map((topic) => readTopic(new URL(`${topic}/`, dir), topic)));
  return sources.flat();
}

async function readTopic(dir: URL, topic: string): Promise<readonly MessageSource[]> {
  const key = topicKeys[topic];
  if (!key) throw new Error(`schemas/${topic}: name the key of this topic in topic-keys.ts`);
  const byType = new Map<string, Map<number, RecordSchema>>();
  for (const file of (await readdir(dir)).sort()) {
    const { type, version } = parsed(file, topic);
    const schema = JSON.parse(await readFile(new URL(file, dir), 'utf8')) as RecordSchema;
    if (schema.name !== type) {
      throw new Error(`schemas/${topic}/${file} describes ${schema.name}: give both one name`);
    }
    byType.set(type, (byType.get(type) ?? new Map<number, RecordSchema>()).set(version, schema));
  }
  return [...byType].map(([type, versions]) => sourceOf({ type, topic, key }, versions));
}

function parsed(file: string, topic: string): { type: string; version: number } {
  const { type, version } = fileName.exec(file)?.groups ?? {};
  if (!type || !version) throw new Error(`schemas/${topic}/${file}: name it <Type>.v<version>.avsc`);
  return { type, version: Number(version) };
}

function sourceOf(
  facts: { type: string; topic: string; key: string },
  byVersion: ReadonlyMap<number, RecordSchema>,
): MessageSource {
  const where = `schemas/${facts.topic}/${facts.type}`;
  const versions = Array.from({ length: byVersion.size }, (_, index) => {
    const schema = byVersion.get(index + 1);
    if (!schema)
      throw new Error(`${where}.v${index + 1}.avsc is missing: versions count from 1 without gaps`);
    if (!schema.fields.some(({ name, type }) => name === facts.key && type === 'string')) {
      throw new Error(`${where}.v${index + 1}.avsc lacks the topic's key: a string field ${facts.key}`);
    }
    return schema;
  });
  const latest = versions.at(-1);
  if (!latest) throw new Error(`${where} has no version`);
  if (new Set(versions.map(fullName)).size > 1) {
    throw new Error(`${where} changes its full name between versions: add a new type of message instead`);
  }
  return { ...facts, versions, latest };
}

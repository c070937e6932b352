import { access, writeFile } from 'node:fs/promises';
import { compatibilityOf } from '@atelier/eventing/serde';
import { placeOf } from '../generate/problems.ts';
import { type MessageSource, readSchemas, schemasDir } from '../generate/read-schemas.ts';

/** There is no such message, or its next version is there. */
export class NoNextVersion extends Error {}

/**
 * Writes the file of a message's next version, as the newest one is, for somebody to edit. Answers what to do next. Throws NoNextVersion,
 * and InvalidSchemas while there is something wrong with the files.
 */
export async function writeNextVersion(type: string, dir = schemasDir): Promise<string> {
  const sources = await readSchemas(dir);
  const source = sources.find((one) => one.type === type);
  const last = source?.files.at(-1);
  if (!source || !last) throw new NoNextVersion(unknown(type, sources));
  const version = last.version + 1;
  const file = `${source.topic}/${type}.v${version}.avsc`;
  const url = new URL(file, dir);
  if (
    await access(url).then(
      () => true,
      () => false,
    )
  )
    throw new NoNextVersion(`${placeOf({ file })} is there already`);
  await writeFile(url, last.text, { flag: 'wx' });
  return nextSteps(source, file, version);
}

function nextSteps({ topic }: MessageSource, file: string, version: number): string {
  const isEvent = compatibilityOf(topic) === 'FULL_TRANSITIVE';
  const rule = isEvent
    ? 'new fields have a default, and fields without one stay: v1 and all others must read each other'
    : 'new fields have a default: commands of all versions before must be read';
  return `${placeOf({ file })} is written, as v${version - 1} is. Next:
  1. edit it: ${rule}
  2. npm run schemas:check             says what breaks whom, and what is allowed instead
  3. npm run generate -w @atelier/contracts
  4. npm run typecheck                 names each place that makes one: give it the new fields
  5. npm run docs:events               writes asyncapi.json and docs/events.md
  6. commit all: from then on v${version} is released, and is not edited any more
  7. deploy readers first, writers last: docs/schema-evolution.md`;
}

/** With the names that are nearest, by how they begin. */
function unknown(type: string, sources: readonly MessageSource[]): string {
  const likely = sources
    .map((source) => ({ name: source.type, same: samePrefix(source.type, type) }))
    .filter(({ same }) => same > type.length / 2)
    .sort((a, b) => b.same - a.same)
    .map(({ name }) => name);
  const hint = likely.length > 0 ? ` Is it ${likely.slice(0, 3).join(', ')}?` : '';
  return `There is no message ${type} in libs/contracts/schemas.${hint} A new message is a new file: <topic>/${type}.v1.avsc`;
}

function samePrefix(a: string, b: string): number {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  const end = [...one].findIndex((letter, n) => letter !== other[n]);
  return end < 0 ? one.length : end;
}

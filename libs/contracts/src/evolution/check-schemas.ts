import { compatibilityOf, type Finding, findingsOf, levelInWords } from '@atelier/eventing/serde';
import { lineOf } from '../generate/lines.ts';
import { outOfDate } from '../generate/out-of-date.ts';
import { InvalidSchemas, placeOf } from '../generate/problems.ts';
import { type MessageSource, readSchemas, schemasDir } from '../generate/read-schemas.ts';
import { renderAll } from '../generate/render.ts';
import { compareWithHistory } from './released.ts';

export interface Checked {
  /** Paragraphs, one for each thing that is wrong. Empty: the schemas can be deployed. */
  readonly wrong: readonly string[];
  /** What was looked at, in a line each. */
  readonly seen: readonly string[];
}

/**
 * The gate before the registry's, which asks nobody: whether the files are Avro, whether released versions are as they were, whether all
 * who have to can read all versions, and whether the generated code is what the schemas say. `wholeHistory`: whether it
 * is wrong that a repository's history was not compared, as it is where nobody reads that.
 */
export async function checkSchemas(
  dir = schemasDir,
  generated?: URL,
  wholeHistory = false,
): Promise<Checked> {
  try {
    const sources = await readSchemas(dir);
    const { problems, released, uncompared } = await compareWithHistory(dir);
    const edited = problems.map((problem) => `${placeOf(problem)} ${problem.text}`);
    const findings = sources.flatMap((source) =>
      findingsOf(source.versions, compatibilityOf(source.topic)).map((found) => paragraph(source, found)),
    );
    const stale = await outOfDate(renderAll(sources), generated);
    const versions = sources.reduce((sum, { files }) => sum + files.length, 0);
    return {
      wrong: [
        ...(uncompared?.hasRepository && wholeHistory ? [unread(uncompared.why)] : []),
        ...edited,
        ...findings,
        ...(stale.length > 0 ? [generateAgain(stale)] : []),
      ],
      seen: [
        `${versions} versions of ${sources.length} messages are compared, each with all of its message`,
        uncompared
          ? `released versions are not compared: ${uncompared.why}. The deployment compares them with the registry`
          : `${released} of them released, and as they were released`,
      ],
    };
  } catch (error) {
    if (error instanceof InvalidSchemas) return { wrong: error.message.split('\n'), seen: [] };
    throw error;
  }
}

/** Whether nobody reads along, by the variable `CI`: build services set it, and people who mean no say false. */
export const isCi = (value = '') => !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());

const unread = (why: string) =>
  `released versions could not be compared with what was released, and where CI is set nobody would read that: ${why}`;

const generateAgain = (files: readonly string[]) =>
  `libs/contracts/src/generated is not what the schemas say (${files.join(', ')}): run npm run generate -w @atelier/contracts`;

function paragraph({ files, topic }: MessageSource, found: Finding): string {
  const { version, path, what, breaks, instead } = found;
  const file = files[version - 1];
  const line = file && lineOf(file.text, file.schema, path);
  const rows = [
    ['level', levelInWords[compatibilityOf(topic)]],
    ...breaks.map((text, n) => [n === 0 ? 'breaks' : '', text]),
    ...instead.map((text, n) => [n === 0 ? 'instead' : '', text]),
  ].map(([name = '', text = '']) => `    ${name.padEnd(7)}  ${text}`);
  return [`${placeOf({ file: file?.file ?? topic, line })} ${what}`, ...rows].join('\n');
}

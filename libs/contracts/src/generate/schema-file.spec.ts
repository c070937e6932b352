import { describe, expect, it } from '@jest/globals';
import { findingsOf } from '@atelier/eventing/serde';
import { InvalidSchemas, type Problem } from './problems.ts';
import { renderAll } from './render.ts';
import { parseSchemaFile } from './schema-file.ts';

const schema = {
  type: 'record',
  name: 'Opened',
  namespace: 'shop',
  doc: 'It is open.',
  aliases: ['Begun'],
  fields: [
    { name: 'id', type: 'string', doc: 'UUID.' },
    { name: 'by', type: ['null', { type: 'record', name: 'Who', fields: [{ name: 'it', type: 'string' }] }] },
    {
      name: 'ways',
      type: { type: 'array', items: { type: 'enum', name: 'Way', symbols: ['A'], default: 'A' } },
    },
    { name: 'sums', type: { type: 'map', values: { type: 'fixed', name: 'Sum', size: 4 } }, aliases: ['s'] },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, default: 0 },
  ],
};
const NOTHING = Symbol('taken away');
const WRONG = [NOTHING, null, 5, true, 'x', [], [null], {}, { name: 'x' }, { type: null }, { type: 'error' }];

type Path = readonly (string | number)[];

const pathsIn = (value: unknown, path: Path = []): readonly Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))
    : []),
];

function broken(path: Path, wrong: unknown): unknown {
  const [last, ...way] = path.toReversed();
  if (last === undefined) return wrong;
  const copy = structuredClone(schema);
  const around = way.toReversed().reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  if (wrong === NOTHING) Reflect.deleteProperty(around as object, last);
  else Reflect.set(around as object, last, wrong);
  return copy;
}

/** Of everything that is made of a schema file; what is no sentence is thrown. */
function refusalOf(text: string): Problem | undefined {
  try {
    use(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidSchemas) return error.problems[0];
    throw new Error(`What is no sentence came of ${text}`, { cause: error });
  }
}

function use(text: string): void {
  const file = parseSchemaFile('shop.events', 'Opened.v1.avsc', text, 'id');
  const { topic, type, schema: latest } = file;
  renderAll([{ topic, type, key: 'id', files: [file], versions: [latest], latest, former: false }]);
  findingsOf([latest, latest], 'FULL_TRANSITIVE');
}

describe('a schema file', () => {
  it.each(pathsIn(schema).map((path) => [path.join('.') || 'the file', path] as const))(
    'with something else, or nothing, for %s is taken, or refused in a sentence with its line (a TypeError ended the check)',
    (_, path) => {
      for (const wrong of WRONG) {
        const text = JSON.stringify(broken(path, wrong), null, 2) ?? '';
        const problem = refusalOf(text);
        if (problem && text.includes('"name": "Opened"'))
          expect(problem).toMatchObject({
            text: expect.not.stringMatching(/Cannot read/),
            line: expect.any(Number),
          });
      }
    },
  );
});

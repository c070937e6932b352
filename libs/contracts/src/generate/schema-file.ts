import { lineNaming, lineOf } from './lines.ts';
import { notAvro } from './not-avro.ts';
import { InvalidSchemas, type Problem } from './problems.ts';
import { fullName, type RecordSchema } from './schema.ts';

/** One version of one message. */
export interface SchemaFile {
  /** `orders.events/OrderPlaced.v2.avsc`. */
  readonly file: string;
  readonly topic: string;
  readonly type: string;
  readonly version: number;
  readonly text: string;
  readonly schema: RecordSchema;
}

const FILE_NAME = /^(?<type>[A-Z]\w*)\.v(?<version>[1-9]\d*)\.avsc$/;

/** Throws InvalidSchemas. `key` is the field that identifies the aggregate. */
export function parseSchemaFile(topic: string, name: string, text: string, key: string): SchemaFile {
  const file = `${topic}/${name}`;
  const { type, version } = FILE_NAME.exec(name)?.groups ?? {};
  const refuse = (why: string, line?: number): never => {
    throw new InvalidSchemas([{ file, text: why, line }]);
  };
  if (!type || !version) return refuse('is no schema file: name it <Type>.v<version>.avsc');
  const json = parsed(text, refuse);
  const line = (object: unknown) => lineNaming(text, json, object) ?? lineNaming(text, json, json);
  if (!isRecordOf(json)) return refuse('describes no record: a message is a record', line(json));
  if (json['name'] !== type)
    return refuse(`describes ${called(json['name'])}: give both one name`, line(json));
  const broken = notAvro(json);
  if (broken) return refuse(broken.text, line(broken.at));
  const schema = json as unknown as RecordSchema;
  if (!schema.fields.some((field) => field.name === key && field.type === 'string'))
    return refuse(`lacks the topic's key: a string field ${key}`, line(json));
  return { file, topic, type, version: Number(version), text, schema };
}

function parsed(text: string, refuse: (why: string, line?: number) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const [, line] = /\(line (\d+) column \d+\)/.exec(message) ?? [];
    return refuse(`is no JSON: ${message}`, line === undefined ? text.split('\n').length : Number(line));
  }
}

const isRecordOf = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && 'type' in json && json.type === 'record';

const called = (name: unknown) => (typeof name === 'string' ? name : 'a record without a name');

/** Problems between versions that are fine alone. */
export function problemsBetween(files: readonly SchemaFile[]): readonly Problem[] {
  const versions = Map.groupBy(files, ({ topic, type }) => `${topic}/${type}`);
  return [...versions.values()].flatMap((group) =>
    withinType(group.toSorted((a, b) => a.version - b.version)),
  );
}

function withinType(files: readonly SchemaFile[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [index, { topic, type, file, version, schema, text }] of files.entries()) {
    const before = files[index - 1];
    const due = (before?.version ?? 0) + 1;
    if (version !== due)
      problems.push({
        file,
        text: `skips a number: ${topic}/${type}.v${due}.avsc is missing, and versions count from 1 without gaps`,
      });
    const same = files.slice(0, index).find((earlier) => isSame(earlier.schema, schema));
    if (same) problems.push({ file, text: `says what v${same.version} says: edit it, or remove it` });
    if (before && fullName(before.schema) !== fullName(schema))
      problems.push({
        file,
        line: lineOf(text, schema, []),
        text: `changes its full name to ${fullName(schema)}: add a new type of message instead`,
      });
  }
  return problems;
}

const isSame = (a: RecordSchema, b: RecordSchema) => JSON.stringify(a) === JSON.stringify(b);

/** A message is known by its name, whatever its topic: in code, in handlers and in headers. `files` are paths. */
export function sameNames(files: readonly string[]): readonly Problem[] {
  const firsts = files.flatMap((file) => {
    const [topic = '', name = ''] = file.split('/');
    const { type, version } = FILE_NAME.exec(name)?.groups ?? {};
    return version === '1' ? [{ file, topic, type }] : [];
  });
  return [...Map.groupBy(firsts, ({ type }) => type).values()].flatMap(([first, ...others]) =>
    others.map(({ file }) => ({
      file,
      text: `has the name of ${first?.file}: a message has one topic, so rename one of them`,
    })),
  );
}

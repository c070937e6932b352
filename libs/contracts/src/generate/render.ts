import type { MessageSource } from './read-schemas.ts';
import {
  type AvroType,
  fullName,
  isArray,
  isRecord,
  isUnion,
  nestedRecords,
  type RecordSchema,
} from './schema.ts';

const header = '// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.\n';

const primitives: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  string: 'string',
  int: 'number',
  long: 'bigint',
  double: 'number',
  bytes: 'Buffer',
};

/** The committed files of `src/generated`, by name. */
export function renderAll(sources: readonly MessageSource[]): ReadonlyMap<string, string> {
  const topics = [...new Set(sources.map(({ topic }) => topic))];
  return new Map([
    ['records.ts', renderRecords(sources)],
    ...topics.map((topic) => [`${topic}.schemas.ts`, renderSchemas(ofTopic(sources, topic))] as const),
    ...topics.map((topic) => [`${topic}.ts`, renderTopic(topic, ofTopic(sources, topic))] as const),
    ['index.ts', renderIndex(topics)],
  ]);
}

const ofTopic = (sources: readonly MessageSource[], topic: string) =>
  sources.filter((source) => source.topic === topic);

/** `RedriveJobsCommands` for `redrive-jobs.commands`. */
const contractName = (topic: string) =>
  topic.replace(/(?:^|[.-])([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `RedriveJobsCommand` for `redrive-jobs.commands`: any message of the topic. */
const unionName = (topic: string) => contractName(topic).replace(/s$/, '');

function renderIndex(topics: readonly string[]): string {
  const names = topics.map(contractName).join(', ');
  const imports = topics.map(
    (topic) => `import { ${contractName(topic)}, type ${unionName(topic)} } from './${topic}.ts';`,
  );
  const exports = ['records', ...topics].map((file) => `export * from './${file}.ts';`);
  const all = `/** Every contract of the platform. */\nexport const contracts = [${names}] as const;`;
  const ending = (suffix: string) => topics.filter((topic) => topic.endsWith(suffix)).map(unionName);
  const unions = [
    renderUnion('Any command of the platform.', 'AnyCommand', ending('.commands')),
    renderUnion('Any event of the platform.', 'AnyEvent', ending('.events')),
  ];
  return [header, ...imports, '', ...exports, '', all, '', ...unions].join('\n');
}

const renderUnion = (doc: string, name: string, members: readonly string[]) =>
  `/** ${doc} */\nexport type ${name} =\n${members.map((member) => `  | ${member}`).join('\n')};\n`;

/** The records that messages share; one name must mean one thing in the latest version of every message. */
function renderRecords(sources: readonly MessageSource[]): string {
  const records = new Map<string, RecordSchema>();
  for (const { type, latest } of sources) {
    for (const record of nestedRecords(latest)) {
      const known = records.get(record.name) ?? record;
      if (renderShape(known) !== renderShape(record) || fullName(known) !== fullName(record)) {
        throw new Error(`${type} means another ${record.name} than the rest: make them agree or rename one`);
      }
      records.set(record.name, record);
    }
  }
  return `${[header, ...[...records.values()].map((record) => renderInterface(record.name, record))].join('\n')}`;
}

function renderSchemas(sources: readonly MessageSource[]): string {
  const constants = sources.flatMap((message) =>
    schemaNames(message).map((name, index) => {
      const json = JSON.stringify(message.versions[index], null, 2);
      return `export const ${name} = ${json} as const;\n`;
    }),
  );
  return [header, ...constants].join('\n');
}

function renderTopic(topic: string, sources: readonly MessageSource[]): string {
  const schemas = sources.flatMap(schemaNames).map((name) => `  ${name},\n`);
  const records = [...new Set(sources.flatMap(({ latest }) => namesIn(latest)))].sort();
  const typeNames = sources.map(({ type }) => type);
  const types = typeNames.map((type) => `  ${type},\n`);
  return `${header}
import { contract, type Message, messageType } from '@atelier/eventing/domain';
import {\n${schemas.join('')}} from './${topic}.schemas.ts';
${records.length ? `import type { ${records.join(', ')} } from './records.ts';\n` : ''}
${sources.map(renderMessage).join('\n')}
/** Every message of the topic ${topic}. */
export const ${contractName(topic)} = contract('${topic}', {\n${types.join('')}});

${renderUnion(`Any message of the topic ${topic}.`, unionName(topic), typeNames)}`;
}

function renderMessage(message: MessageSource): string {
  const { type, topic, key, latest } = message;
  const facts = `type: '${type}', topic: '${topic}', key: '${key}'`;
  return `${renderInterface(`${type}Data`, latest)}
export type ${type} = Message<'${type}', ${type}Data>;
export const ${type} = messageType<${type}>({
  ${facts},
  versions: [${schemaNames(message).join(', ')}],
});
`;
}

/** `PlaceOrderV1`, `PlaceOrderV2`, ... */
const schemaNames = ({ type, versions }: MessageSource) => versions.map((_, index) => `${type}V${index + 1}`);

const renderInterface = (name: string, record: RecordSchema) =>
  `${comment(record.doc, '')}export interface ${name} ${renderShape(record)}\n`;

function renderShape({ fields }: RecordSchema): string {
  const lines = fields.map(
    ({ name, type, doc }) => `${comment(doc, '  ')}  readonly ${name}: ${renderType(type)};\n`,
  );
  return `{\n${lines.join('')}}`;
}

const comment = (doc: string | undefined, indent: string) =>
  doc ? `${indent}/** ${doc.replaceAll('*/', '* /')} */\n` : '';

function renderType(type: AvroType): string {
  if (isUnion(type)) return type.map(renderType).join(' | ');
  if (isArray(type)) return `readonly ${renderItem(type.items)}[]`;
  if (isRecord(type)) return type.name;
  if (typeof type !== 'string') throw new Error(`The generator does not know ${JSON.stringify(type)} yet`);
  return primitives[type] ?? recordName(type);
}

const renderItem = (type: AvroType) => (isUnion(type) ? `(${renderType(type)})` : renderType(type));

/** The TypeScript name of a record that was defined before: `Money` for `atelier.Money`. */
function recordName(reference: string): string {
  const name = reference.split('.').at(-1) ?? '';
  if (!/^[A-Z]/.test(name)) throw new Error(`The generator does not know the Avro type ${reference} yet`);
  return name;
}

function namesIn(record: RecordSchema): readonly string[] {
  const shape = record.fields.map(({ type }) => renderType(type)).join(' ');
  const names = shape.match(/\b[A-Z]\w*/g) ?? [];
  return names.filter((name) => !Object.values(primitives).includes(name));
}

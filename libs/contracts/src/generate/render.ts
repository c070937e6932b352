import type { MessageSource } from './read-schemas.ts';
import { InvalidSchemas } from './problems.ts';
import { lineOf } from './lines.ts';
import { namesIn, renderInterface, renderNamed } from './render-type.ts';
import { renderVersions } from './render-versions.ts';
import { fullName, type NamedSchema, nestedTypes } from './schema.ts';

const header = '// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.\n';

/** The committed files of `src/generated`, by name. */
export function renderAll(sources: readonly MessageSource[]): ReadonlyMap<string, string> {
  const topics = [...new Set(sources.map(({ topic }) => topic))];
  const shared = sharedTypes(sources);
  const withVersions = topics.filter((topic) => hasFormerVersions(ofTopic(sources, topic)));
  return new Map([
    ['records.ts', [header, ...shared.values()].join('\n')],
    ...topics.map((topic) => [`${topic}.schemas.ts`, renderSchemas(ofTopic(sources, topic))] as const),
    ...topics.map(
      (topic) => [`${topic}.messages.ts`, renderMessages(topic, ofTopic(sources, topic))] as const,
    ),
    ...withVersions.map(
      (topic) => [`${topic}.versions.ts`, header + renderVersions(ofTopic(sources, topic), shared)] as const,
    ),
    ...topics.map((topic) => [`${topic}.ts`, renderTopic(topic, ofTopic(sources, topic))] as const),
    ['index.ts', renderIndex(topics)],
  ]);
}

const hasFormerVersions = (sources: readonly MessageSource[]) =>
  sources.some(({ versions }) => versions.length > 1);

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

/** The types that messages share, by name; one name must mean one thing in the latest version of every message. */
function sharedTypes(sources: readonly MessageSource[]): ReadonlyMap<string, string> {
  const known = new Map<string, { readonly type: NamedSchema; readonly source: MessageSource }>();
  for (const source of sources) {
    for (const type of nestedTypes(source.latest)) {
      const before = known.get(type.name);
      if (!before) known.set(type.name, { type, source });
      else if (renderNamed(before.type) !== renderNamed(type) || fullName(before.type) !== fullName(type))
        throw disagreement(type, source, before.source);
    }
  }
  return new Map([...known].map(([name, { type }]) => [name, renderNamed(type)]));
}

function disagreement({ name }: NamedSchema, source: MessageSource, other: MessageSource): InvalidSchemas {
  const [file, others] = [source.files.at(-1), other.files.at(-1)];
  const text = `means another ${name} than ${others?.file}: make the newest versions agree, or rename one`;
  return new InvalidSchemas([
    { file: file?.file ?? '', line: file && lineOf(file.text, file.schema, []), text },
  ]);
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

/** Apart from the contract: upcasters import them, and the contract imports upcasters. */
function renderMessages(topic: string, sources: readonly MessageSource[]): string {
  const schemas = sources.flatMap(schemaNames).map((name) => `  ${name},\n`);
  const records = [...new Set(sources.flatMap(({ latest }) => namesIn(latest)))].sort();
  return `${header}
import { type Message, messageType } from '@atelier/eventing/domain';
import {\n${schemas.join('')}} from './${topic}.schemas.ts';
${records.length ? `import type { ${records.join(', ')} } from './records.ts';\n` : ''}
${sources.map(renderMessage).join('\n')}`;
}

function renderTopic(topic: string, sources: readonly MessageSource[]): string {
  const typeNames = sources.filter(({ former }) => !former).map(({ type }) => type);
  const upcasts = sources.filter(({ former }) => former).map(({ type }) => `from${type}`);
  const imports = sources
    .filter(({ former }) => former)
    .map(({ type }) => `import { upcast as from${type} } from '../upcasters/${topic}/${type}.ts';\n`);
  const types = typeNames.map((type) => `  ${type},\n`).join('');
  const upcasters = upcasts.length > 0 ? `, [\n${upcasts.map((name) => `  ${name},\n`).join('')}]` : '';
  return `${header}
import { contract } from '@atelier/eventing/domain';
${imports.join('')}import {\n${types}} from './${topic}.messages.ts';

export * from './${topic}.messages.ts';
${hasFormerVersions(sources) ? `export type * from './${topic}.versions.ts';\n` : ''}
/** Every message of the topic ${topic}. */
export const ${contractName(topic)} = contract('${topic}', {\n${types}}${upcasters});

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

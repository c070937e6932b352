import { catalogue } from '@atelier/contracts';
import { type Channel, factsOf } from './channels.ts';
import type { Events } from './document.ts';
import { docOf, type DocumentedMessage, nameOf } from './messages.ts';
import { type Receiver, takes, writerService } from './operations.ts';
import { picture } from './picture.ts';

const introduction = `<!-- Written by \`npm run docs:events\` from contracts, catalogue and handlers. Do not edit. -->

# Commands and events

What the services tell each other, topic by topic. The same as an AsyncAPI document is at \`/asyncapi.json\` of a gateway, and as
a page at \`/asyncapi\`; [interoperability](interoperability.md) says how other clients read and write it.`;

/** `docs/events.md`. */
export const eventsPage = (events: Events): string =>
  [
    introduction,
    `\`\`\`mermaid\n${picture(events, (writer) => writerService(catalogue, writer))}\n\`\`\``,
    'Dotted: each process of the service follows the topic by itself, without a consumer group.',
    ...events.channels.map((channel) => channelSection(channel, events.receivers)),
    groupsSection(events.receivers),
  ].join('\n\n') + '\n';

function channelSection(channel: Channel, receivers: readonly Receiver[]): string {
  const { topic, messages } = channel;
  const { name, writers } = topic;
  const readers = receivers.filter((receiver) => receiver.topic === name);
  const facts = [
    ...factsOf(channel),
    `Written by ${writers.join(', ')}.`,
    `Read by ${readers.map(readerName).join(', ') || 'whoever needs it, without a group'}.`,
  ];
  return [`## ${name}`, facts.join(' '), ...messagesTable(messages, readers)].join('\n\n');
}

const readerName = ({ group, service }: Receiver) => group?.group ?? `${service} (without a group)`;

function messagesTable(messages: readonly DocumentedMessage[], readers: readonly Receiver[]): string[] {
  const rows = messages
    .filter(({ isNewest }) => isNewest)
    .map((message) => [
      `\`${nameOf(message.type)}\``,
      message.version === 1 ? '1' : `1 to ${message.version}`,
      docOf(message),
      handlersOf(message, readers).join(', '),
    ]);
  return rows.length === 0 ? [] : [table(['message', 'versions', 'what it says', 'handled by'], rows)];
}

const handlersOf = (message: DocumentedMessage, readers: readonly Receiver[]) =>
  readers.flatMap(({ group }) => (group && takes(group, message) ? [group.group] : []));

function groupsSection(receivers: readonly Receiver[]): string {
  const groups = [...new Set(receivers.flatMap(({ group }) => group ?? []))];
  const rows = groups.map(({ group, kind, topics, guarantee, onFailure }) => [
    `\`${group}\``,
    kind,
    topics.join(', '),
    guarantee,
    onFailure,
    receivers
      .flatMap((each) => (each.group?.group === group ? each.sideTopics : []))
      .map((topic) => `\`${topic}\``)
      .join(', '),
  ]);
  const headings = ['group', 'kind', 'reads', 'guarantee', 'what fails', 'topics beside it'];
  return `## Groups\n\n${table(headings, rows)}`;
}

const table = (headings: readonly string[], rows: readonly (readonly string[])[]) =>
  [headings, headings.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
    .join('\n');

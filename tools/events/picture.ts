import type { Events } from './document.ts';

/** Who writes where and who reads it, as a Mermaid flowchart. Topics are drawn as stores, what a service runs stands in its box. */
export function picture(
  { channels, receivers }: Events,
  serviceOfWriter: (writer: string) => string | undefined,
): string {
  const actors = new Map<string, string | undefined>();
  const writes = channels.flatMap(({ topic }) =>
    topic.writers.map((writer) => {
      actors.set(writer, serviceOfWriter(writer));
      return `  ${id(writer)} --> ${id(topic.name)}`;
    }),
  );
  const reads = receivers.map(({ service, topic, group }) => {
    const reader = group?.group ?? service;
    actors.set(reader, service);
    return `  ${id(topic)} ${group ? '-->' : '-.->'} ${id(reader)}`;
  });
  const topics = channels.map(({ topic: { name } }) => `  ${id(name)}[(${name})]`);
  return ['flowchart LR', ...topics, ...boxes(actors), ...writes, ...reads].join('\n');
}

function boxes(actors: ReadonlyMap<string, string | undefined>): string[] {
  const nodes = (service: string | undefined) =>
    [...actors].filter(([, of]) => of === service).map(([actor]) => `${id(actor)}["${actor}"]`);
  const services = [...new Set(actors.values())].filter((service) => service !== undefined);
  return [
    ...services.flatMap((service) => [
      `  subgraph ${id(`service ${service}`)}["${service}"]`,
      ...nodes(service).map((node) => `    ${node}`),
      '  end',
    ]),
    ...nodes(undefined).map((node) => `  ${node}`),
  ];
}

/** What Mermaid takes for a name. */
const id = (name: string) => name.replaceAll(/[^A-Za-z0-9]+/g, '_');

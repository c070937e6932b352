import type { HandledGroup } from '@atelier/eventing';
import {
  type Catalogue,
  deadLetterTopic,
  type GroupSpec,
  parkedTopic,
  parksInTopic,
  serviceOf,
  sideLanes,
} from '@atelier/eventing/domain';
import { type Channel, channelRef, messageRef } from './channels.ts';
import type { DocumentedMessage } from './messages.ts';
import type { ServiceFacts } from './services.ts';

/** Who receives from a channel: a consumer group, or the processes of a service that each follow it. */
export interface Receiver {
  readonly service: string;
  readonly topic: string;
  /** None where each process follows the topic by itself. */
  readonly group: HandledGroup | undefined;
  /** Topics beside it for what fails. */
  readonly sideTopics: readonly string[];
}

/** Throws when the catalogue has a group that no service here runs. */
export function receiversOf(catalogue: Catalogue, services: readonly ServiceFacts[]): readonly Receiver[] {
  const known = new Map(services.flatMap(({ groups }) => groups.map((each) => [each.group, each] as const)));
  const groups = catalogue.groups.flatMap((spec) => {
    const group = known.get(spec.group);
    if (!group)
      throw new Error(
        `The catalogue has the group ${spec.group}, and no service is asked for it: add the module of ${serviceOf(spec)} to tools/events/services.ts`,
      );
    const service = serviceOf(spec);
    return spec.topics.map((topic) => ({ service, topic, group, sideTopics: sideTopicsOf(spec, topic) }));
  });
  const tails = services.flatMap(({ service, tail }) =>
    tail.map((topic) => ({ service, topic, group: undefined, sideTopics: [] })),
  );
  return [...groups, ...tails];
}

/** Whether a group handles what this is read as: one that names no type takes everything. */
export const takes = ({ handles }: HandledGroup, { readAs }: DocumentedMessage) =>
  handles.length === 0 || readAs.some((type) => handles.includes(type));

const sideTopicsOf = (spec: GroupSpec, topic: string) => [
  deadLetterTopic(spec.group, topic),
  ...sideLanes(spec, topic),
  ...(parksInTopic(spec) ? [parkedTopic(spec.group, topic)] : []),
];

/** The service of a writer that the catalogue names: a group's, a service, or nobody in particular. */
export function writerService({ groups }: Catalogue, writer: string): string | undefined {
  const group = groups.find((spec) => spec.group === writer);
  if (group) return serviceOf(group);
  return /^[a-z-]+$/.test(writer) ? writer : undefined;
}

export function operationsOf(
  catalogue: Catalogue,
  channels: readonly Channel[],
  receivers: readonly Receiver[],
) {
  const sends = channels.flatMap((channel) =>
    channel.topic.writers.map((writer) => [
      `${id(writer)}-sends-${channel.topic.name}`,
      sendOperation(catalogue, channel, writer),
    ]),
  );
  const receives = channels.flatMap((channel) =>
    receivers
      .filter(({ topic }) => topic === channel.topic.name)
      .map((receiver) => [
        `${receiver.group?.group ?? receiver.service}-receives-${channel.topic.name}`,
        receiveOperation(channel, receiver),
      ]),
  );
  return Object.fromEntries([...sends, ...receives]) as Record<string, object>;
}

const id = (writer: string) => writer.replaceAll(/[^A-Za-z0-9.-]+/g, '-');

const tagged = (service: string | undefined) => (service === undefined ? {} : { tags: [{ name: service }] });

function sendOperation(catalogue: Catalogue, channel: Channel, writer: string) {
  const written = channel.messages.filter(({ isNewest }) => isNewest);
  return {
    action: 'send',
    title: writer,
    channel: channelRef(channel),
    ...(written.length > 0 && { messages: written.map(({ name }) => messageRef(channel, name)) }),
    ...tagged(writerService(catalogue, writer)),
  };
}

function receiveOperation(channel: Channel, { service, group, sideTopics }: Receiver) {
  const taken = channel.messages.filter((message) => !group || takes(group, message));
  return {
    action: 'receive',
    title: group?.group ?? service,
    description: group
      ? `A ${group.kind}. ${group.guarantee}. What fails: ${group.onFailure}.`
      : 'Each process follows the topic from its end, without a consumer group.',
    channel: channelRef(channel),
    ...(taken.length > 0 && { messages: taken.map(({ name }) => messageRef(channel, name)) }),
    ...tagged(service),
    ...(group && groupFacts(group, sideTopics)),
  };
}

const groupFacts = ({ group, kind, guarantee, onFailure }: HandledGroup, sideTopics: readonly string[]) => ({
  bindings: { kafka: { groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' } },
  'x-handler': { kind, guarantee, onFailure, sideTopics },
});

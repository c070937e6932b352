import { ConfigurationError } from './errors.ts';

/** One topic as it must be: deployment creates it so, and services are not ready with any other shape. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Milliseconds that records are kept, or -1: forever. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** Only the last record of each key is kept. */
  readonly compacted?: boolean;
  /** Who may write it: for people, and for access lists. */
  readonly writers: readonly string[];
}

export type HandlerKind = 'decider' | 'policy' | 'projection' | 'effect' | 'delay' | 'redrive';

/**
 * The names of a platform's consumer groups, as its contracts declare them by merging into this interface
 * (`libs/contracts/src/catalogue.ts`): then no other name compiles where a handler says its group.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- whoever uses the library fills it
export interface GroupNames {}

/** Any name, unless some are declared. */
export type GroupName = keyof GroupNames extends never ? string : Extract<keyof GroupNames, string>;

/** One consumer group: what kind of handler it is, and the topics that it reads. */
export interface GroupSpec {
  readonly group: string;
  /** The service that runs it: the part of the group's name before the first dot, unless given. */
  readonly service?: string;
  readonly kind: HandlerKind;
  readonly topics: readonly string[];
  /** Of an effect: the delays after which it tries again, each with a retry topic of its own. None unless given. */
  readonly retries?: number;
  /** The keys of failed records are parked (`ordering: 'key'`): a policy's and a projection's are unless given, an effect's not. */
  readonly parks?: boolean;
}

/**
 * Bytes of memory that one batch of records may take when it is read, unless a catalogue says otherwise: decompressed, and as
 * records. 30 times what a topic takes, and what a process can do without.
 */
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;

/** Every topic and every consumer group of a platform. Side topics follow from the groups: see `withSideTopics`. */
export interface Catalogue {
  readonly topics: readonly TopicSpec[];
  readonly groups: readonly GroupSpec[];
  /** In place of MAX_BATCH_BYTES. A batch that takes more is set aside, unread; copies of failed records may be as large. */
  readonly maxBatchBytes?: number;
}

/** The service that runs a group. */
export const serviceOf = ({ group, service = group.split('.', 1)[0] ?? group }: GroupSpec): string => service;

export function topicOf(catalogue: Catalogue, name: string): TopicSpec {
  const topic = catalogue.topics.find((candidate) => candidate.name === name);
  if (!topic) throw topicUnknown(name);
  return topic;
}

export const topicUnknown = (topic: string) =>
  new ConfigurationError(
    'TOPIC_UNKNOWN',
    `The topic ${topic} is not in the catalogue: add it there, then deploy`,
    {
      fields: { topic },
    },
  );

export const groupUnknown = (group: string) =>
  new ConfigurationError(
    'GROUP_UNKNOWN',
    `The group ${group} is not in the catalogue: add it there, then deploy`,
    {
      fields: { group },
    },
  );

/** Partitions beyond these belong to nobody. All of a topic that is not in the catalogue, as one of a newer release is not. */
export const declaredPartitions = ({ topics }: Catalogue, topic: string): number =>
  topics.find(({ name }) => name === topic)?.partitions ?? Infinity;

/** Topics of commands. Whoever handles one recognises it by its id, so it may be sent again, to the partition of its key. */
export const commandTopics = ({ groups }: Catalogue): string[] =>
  groups.filter(({ kind }) => kind === 'decider' || kind === 'delay').flatMap(({ topics }) => topics);

/** Where operators' decisions about single records are kept, for ever: every fold reads them first. One partition. */
export const DECISIONS_TOPIC = 'records.decisions';

/** Where deployments keep what they have registered, with the ids: a registry that has lost it gets it back. One partition. */
export const SCHEMAS_TOPIC = 'schemas.registered';

/** Where commands wait that are to arrive later on a commands topic. */
export const delayTopic = (commandsTopic: string) => `${commandsTopic}.delay`;

import {
  type Catalogue,
  type GroupSpec,
  type HandlerKind,
  MAX_BATCH_BYTES,
  type TopicSpec,
} from './topic.ts';
import { ConfigurationError } from './errors.ts';

/** Where a group puts the records of a topic that it gave up on. */
export const deadLetterTopic = (group: string, topic: string) => `${group}.${topic}.dlq`;

/** Where a group keeps the records of a topic that it tries again, after its n-th delay; `n` from 1. */
export const retryTopic = (group: string, topic: string, n: number) => `${group}.${topic}.retry.${n}`;

/** Where a group finds the dead letters that are given back to it. */
export const redriveTopic = (group: string, topic: string) => `${group}.${topic}.redrive`;

/** Where a group remembers the keys of a topic whose records wait behind one that failed. */
export const parkedTopic = (group: string, topic: string) => `${group}.${topic}.parked`;

/**
 * The topic that the group reads, of one of the topics beside it that it reads, too: a record that somebody else has put there
 * has its place there. Of any other topic, that topic.
 */
export function sourceTopic(group: string, topic: string): string {
  if (!topic.startsWith(`${group}.`)) return topic;
  return /^(.+)\.(?:redrive|retry\.\d+)$/.exec(topic.slice(group.length + 1))?.[1] ?? topic;
}

/** Which of a group's retry topics this is, from 1; 0 for any other topic. */
export const retryNumber = (topic: string) => Number(/\.retry\.(\d+)$/.exec(topic)?.[1] ?? 0);

/** Copies have headers of their own on top of the original's: bytes, at most. */
export const ROOM_FOR_HEADERS = 64 * 1024;
/** Brokers take no larger request than 100 MiB (`socket.request.max.bytes`) unless told otherwise. */
const LARGEST_COPY_BYTES = 64 * 1024 * 1024;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Bytes of memory that one batch of a topic may take; `most` where no copies are. */
export const batchLimit = (topic: string, most: number) =>
  /\.(dlq|redrive|retry\.\d+)$/.test(topic) ? most + ROOM_FOR_HEADERS : most;

/** Others get theirs on the source. Deciders: another topic would make a second writer of their events. */
const REDRIVEN: readonly HandlerKind[] = ['policy', 'projection', 'effect', 'redrive'];

/** Topics that a group reads beside the source, each in the worker of the source's partition of the same number. */
export function sideLanes({ group, kind, retries = 0 }: GroupSpec, topic: string): string[] {
  if (!REDRIVEN.includes(kind)) return [];
  const delays = Array.from({ length: retries }, (_, index) => retryTopic(group, topic, index + 1));
  return [redriveTopic(group, topic), ...delays];
}

/** The topic on which a group gets its dead letters back; `topic`: the one that it read the record from. */
export const givenBackOn = ({ group, kind }: GroupSpec, topic: string) =>
  REDRIVEN.includes(kind) ? redriveTopic(group, sourceTopic(group, topic)) : topic;

/** Whether the keys of failed records are parked. */
export const parksKeys = ({ kind, parks = kind === 'policy' || kind === 'projection' }: GroupSpec) => parks;

/** The marks of a projection are beside its rows. */
export const parksInTopic = (spec: GroupSpec) => parksKeys(spec) && spec.kind !== 'projection';

/**
 * The catalogue of these topics and groups, and of what the groups need when something fails. Throws when `maxBatchBytes` is more
 * than brokers take.
 */
export function withSideTopics(
  topics: readonly TopicSpec[],
  groups: readonly GroupSpec[],
  maxBatchBytes = MAX_BATCH_BYTES,
): Catalogue {
  if (maxBatchBytes > LARGEST_COPY_BYTES)
    throw new ConfigurationError(
      'BATCH_LIMIT',
      `maxBatchBytes is ${maxBatchBytes}: give ${LARGEST_COPY_BYTES} at most`,
      {
        fields: { maxBatchBytes },
      },
    );
  const sides = groups.flatMap((spec) =>
    spec.topics.flatMap((name) => {
      const source = topics.find((topic) => topic.name === name);
      return source ? sideTopics(spec, source, maxBatchBytes) : [];
    }),
  );
  return { topics: [...topics, ...sides], groups, maxBatchBytes };
}

function sideTopics(
  spec: GroupSpec,
  { name, partitions, maxMessageBytes }: TopicSpec,
  maxBatchBytes: number,
): TopicSpec[] {
  const { group } = spec;
  const own = { partitions, writers: [group] };
  // A record may be that much larger than what the source takes, where it came compressed.
  const copies = { ...own, maxMessageBytes: Math.max(maxMessageBytes, maxBatchBytes) + ROOM_FOR_HEADERS };
  const lanes = sideLanes(spec, name).map((lane) => ({
    ...copies,
    name: lane,
    retentionMs: WEEK_MS,
    ...(lane === redriveTopic(group, name) && { writers: ['redrive'] }),
  }));
  const parked = {
    ...own,
    name: parkedTopic(group, name),
    maxMessageBytes: maxMessageBytes + ROOM_FOR_HEADERS,
    compacted: true,
    retentionMs: -1,
  };
  return [
    { ...copies, name: deadLetterTopic(group, name), retentionMs: -1 },
    ...lanes,
    ...(parksInTopic(spec) ? [parked] : []),
  ];
}

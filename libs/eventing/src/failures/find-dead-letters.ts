import { LogError } from '../log/errors.ts';
import { deadLetterTopic, sourceTopic } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { FAILURE, readFailure } from './failure-headers.ts';

/** Where a dead letter stands, as far as it is known from its report. */
export interface DeadLetterAt {
  readonly group: string;
  /** Where the record stood: the source, or a topic beside it on which somebody else had put it. */
  readonly topic: string;
  readonly partition: number;
  readonly deadLetterId: string;
  /** How often it had been given back before. */
  readonly redrives: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly failedAt: number;
}

/**
 * Milliseconds after a failure in which its dead letter was written, by far: what is not there by then never was. Those of
 * a projection wait for the broker in its database.
 */
const WRITTEN_MS = 24 * 60 * 60 * 1_000;
/** Milliseconds between failures beyond which what lies between them is not read. */
const APART_MS = 60_000;
/** Milliseconds by which the clocks of processes may differ, or one may be set back. */
const CLOCKS_MS = 60_000;

/** Reads one dead letter from its topic; undefined when it is not there. */
export async function findDeadLetter(
  log: Log,
  at: DeadLetterAt,
  signal: AbortSignal,
): Promise<ConsumedRecord | undefined> {
  return (await findDeadLetters(log, [at], signal)).get(letterKey(at));
}

export const letterKey = ({ deadLetterId, redrives }: Pick<DeadLetterAt, 'deadLetterId' | 'redrives'>) =>
  `${deadLetterId}/${redrives}`;

/**
 * Reads dead letters from their topics, those of one partition in one go: from the time at which the first of them
 * failed, because a report is written together with its dead letter and cannot know its offset. By `letterKey`; those
 * that are not there are missing.
 */
export async function findDeadLetters(
  log: Log,
  wanted: readonly DeadLetterAt[],
  signal: AbortSignal,
): Promise<Map<string, ConsumedRecord>> {
  const found = new Map<string, ConsumedRecord>();
  for (const group of byPartition(wanted).flatMap(byTime)) {
    await search(log, group, 0, found, signal);
    const missing = group.filter((at) => !found.has(letterKey(at)));
    if (missing.length === 0) continue;
    const searched = await search(log, missing, CLOCKS_MS, found, signal);
    const lost = missing.find((at) => !found.has(letterKey(at)));
    if (lost) await refuseUnsearched(log, lost, searched, signal);
  }
  return found;
}

/** Answers up to where it has searched; everywhere, when it came to what is too young. */
async function search(
  log: Log,
  wanted: readonly DeadLetterAt[],
  earlierMs: number,
  found: Map<string, ConsumedRecord>,
  signal: AbortSignal,
): Promise<bigint> {
  const { partition } = wanted[0] as DeadLetterAt;
  const topic = topicOf(wanted[0] as DeadLetterAt);
  const times = wanted.map(({ failedAt }) => failedAt);
  const since = Math.min(...times) - earlierMs;
  const until = Math.max(...times) + WRITTEN_MS;
  const to = await log.stableEnd(topic, partition, signal);
  const from = await log.offsetAtTime(topic, partition, since, signal);
  const missing = new Set(wanted.map(letterKey));
  for await (const { records } of log.read(topic, partition, { from, to, signal })) {
    for (const record of records) {
      const key = keyOf(record);
      if (missing.delete(key)) found.set(key, record);
    }
    if (missing.size === 0) break;
    // Not by the time of a record that somebody else has put there: it may be any.
    if (records.some((record) => record.timestamp > until && readFailure(record.headers))) return EVERYWHERE;
  }
  return to;
}

/** What stands behind an open transaction, or came while it was searched for. Throws LogError if there may be such. */
async function refuseUnsearched(
  log: Log,
  at: DeadLetterAt,
  searched: bigint,
  signal: AbortSignal,
): Promise<void> {
  const { partition } = at;
  const topic = topicOf(at);
  if ((await log.end(topic, partition, signal)) <= searched) return;
  const where = `${topic}-${partition}`;
  throw new LogError('NOT_STABLE', `A transaction is open on ${where}: it hides what is behind it`, {
    retryable: true,
    fields: { topic, partition },
  });
}

const topicOf = ({ group, topic }: DeadLetterAt) => deadLetterTopic(group, sourceTopic(group, topic));

const EVERYWHERE = 2n ** 63n;

const keyOf = ({ headers }: ConsumedRecord) =>
  `${header(headers, FAILURE.id) ?? ''}/${header(headers, FAILURE.redrives) ?? ''}`;

function byPartition(wanted: readonly DeadLetterAt[]): DeadLetterAt[][] {
  const groups = new Map<string, DeadLetterAt[]>();
  for (const at of wanted) {
    const key = `${at.group}/${at.topic}/${at.partition}`;
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return [...groups.values()];
}

/** Those that failed about the same time, together. */
function byTime(wanted: readonly DeadLetterAt[]): DeadLetterAt[][] {
  const groups: DeadLetterAt[][] = [];
  for (const at of [...wanted].sort((a, b) => a.failedAt - b.failedAt)) {
    const last = groups.at(-1);
    const near = last && at.failedAt - (last.at(-1)?.failedAt ?? 0) <= APART_MS;
    if (near) last.push(at);
    else groups.push([at]);
  }
  return groups;
}

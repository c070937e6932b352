import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';

/** What an operator has decided about records of an events topic that are no events: no fold ever takes them. */
export interface IgnoredRecord {
  readonly topic: string;
  /** Of the topic as it was: the records of another one of the same name are others. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The last one that this is about: the same offset, except of a batch that cannot be read. */
  readonly lastOffset: bigint;
  readonly operator: string;
  readonly reason: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly decidedAt: number;
}

/** Where a record stands; in the topic that has the name now unless its id is given. */
export type RecordPlace = Pick<IgnoredRecord, 'topic' | 'partition' | 'offset'> &
  Partial<Pick<IgnoredRecord, 'topicId'>>;

const DECISION = 'ignore';

/** The decision as it is kept, for ever: JSON, so that it is read without a registry. Its time is the record's own. */
export function decisionRecord(
  decisions: string,
  { topic, topicId, partition, offset, lastOffset, operator, reason }: Omit<IgnoredRecord, 'decidedAt'>,
): OutgoingRecord {
  const place = { topic, topicId, partition, offset: String(offset), lastOffset: String(lastOffset) };
  return {
    topic: decisions,
    partition: 0,
    key: Buffer.from(`${topic}-${partition}/${offset}`),
    value: Buffer.from(JSON.stringify({ decision: DECISION, ...place, operator, reason })),
    headers: [['content-type', Buffer.from('application/json')]],
  };
}

/** Undefined for a record that is no such decision: it decides nothing. */
export function decisionIn({ value, timestamp }: ConsumedRecord): IgnoredRecord | undefined {
  const read = parsed(value);
  const { decision, topic, topicId, partition, operator, reason } = read;
  const [offset, lastOffset] = [offsetOf(read['offset']), offsetOf(read['lastOffset'])];
  if (decision !== DECISION || offset === undefined || lastOffset === undefined) return undefined;
  if (lastOffset < offset || Number.isNaN(new Date(timestamp).getTime())) return undefined;
  if (typeof topic !== 'string' || typeof topicId !== 'string' || !Number.isSafeInteger(partition))
    return undefined;
  if (typeof operator !== 'string' || typeof reason !== 'string') return undefined;
  const place = { topic, topicId, partition: Number(partition), offset, lastOffset };
  return { ...place, operator, reason, decidedAt: timestamp };
}

/** Whether a decision is about the record that stands there. */
export const covers = (
  ignored: IgnoredRecord,
  { topicId, partition, offset }: Pick<IgnoredRecord, 'topicId' | 'partition' | 'offset'>,
) =>
  ignored.topicId === topicId &&
  ignored.partition === partition &&
  ignored.offset <= offset &&
  offset <= ignored.lastOffset;

function parsed(value: Buffer | null): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(value?.toString() ?? '');
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const offsetOf = (text: unknown) =>
  typeof text === 'string' && /^\d{1,15}$/.test(text) ? BigInt(text) : undefined;

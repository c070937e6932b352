import { deadLetterTopic, redriveTopic, retryTopic, sourceTopic } from '../domain/index.ts';
import { type ConsumedRecord, type Headers, type OutgoingRecord, WRITER } from '../log/record.ts';
import { FAILURE, withFailure } from './failure-headers.ts';
import { type Failure, MOST } from './failure.ts';

/** Who reads a copy believes it if this is the producer that wrote it: see `believedCopy`. */
const WRITTEN = [FAILURE.producer, WRITER] as const;

/** The record, or the batch that cannot be read, as it was, with the reason and where it came from, for the group's own dead-letter topic of this source. */
export function deadLetter(
  original: ConsumedRecord,
  failure: Failure,
  source = original.topic,
): OutgoingRecord {
  const topic = deadLetterTopic(failure.group, source);
  return copy(original, topic, withFailure(original.headers, failure, batchFacts(original)));
}

const batchFacts = ({ broken }: ConsumedRecord): Record<string, string> =>
  broken ? { [FAILURE.lastOffset]: String(broken.lastOffset), [FAILURE.codec]: broken.codec } : {};

/** The record for its n-th retry, on the group's topic of that number; `due`: when it is tried again, milliseconds since 1970-01-01 UTC. */
export function retryCopy(
  original: ConsumedRecord,
  failure: Failure,
  n: number,
  due: number,
  source = original.topic,
): OutgoingRecord {
  const topic = retryTopic(failure.group, source, n);
  const headers = withFailure(original.headers, failure, {
    [FAILURE.retry]: String(n),
    [FAILURE.due]: String(due),
  });
  return copy(original, topic, [...headers, WRITTEN]);
}

/**
 * A dead letter on its way back to its group; `value` instead of its own, if somebody has edited it. `since`: when this round of
 * attempts begins, milliseconds since 1970-01-01 UTC.
 */
export function redriveCopy(
  original: ConsumedRecord,
  failure: Failure,
  {
    topic,
    since,
    value = original.value,
  }: { readonly topic: string; readonly since: number; readonly value?: Buffer | null },
): OutgoingRecord {
  const once = { ...failure, redrives: Math.min(MOST, failure.redrives + 1), since };
  return { ...copy(original, topic, [...withFailure(original.headers, once), WRITTEN]), value };
}

/** Without what is not needed to go on with it, for a topic that has no room for more. */
export const inShort = (failure: Failure): Failure => ({
  ...failure,
  history: [],
  first: { ...failure.first, stack: '' },
  last: { ...failure.last, stack: '' },
});

/** Tells a group that a dead letter will not come back: what is parked behind it goes on. */
export function releaseMark(
  failure: Pick<Failure, 'id' | 'group'>,
  at: {
    readonly topic: string;
    readonly partition: number;
    readonly key: Buffer | null;
  },
): OutgoingRecord {
  const headers = [
    [FAILURE.id, Buffer.from(failure.id)],
    [FAILURE.discarded, Buffer.from('true')],
    WRITTEN,
  ] as const;
  const { partition, key } = at;
  const topic = redriveTopic(failure.group, sourceTopic(failure.group, at.topic));
  return { topic, partition, key, value: null, headers };
}

function copy({ partition, key, value }: ConsumedRecord, topic: string, headers: Headers): OutgoingRecord {
  return { topic, partition, key, value, headers };
}

import { type ConsumedRecord, header, type Headers } from '../log/record.ts';
import {
  type BriefAttempt,
  briefText,
  type FailedAttempt,
  type Failure,
  LAST_TIME,
  messageText,
  MOST,
  MOST_ATTEMPTS,
  nameText,
  stackText,
} from './failure.ts';

const PREFIX = 'failure-';

/**
 * Headers that a copy of a failed record has on retry, redrive and dead-letter topics, beside those of the record, which
 * are kept byte for byte. All are text; times are milliseconds since 1970-01-01 UTC.
 */
export const FAILURE = {
  /** The same for all copies of a record in one group. */
  id: 'failure-id',
  topic: 'failure-topic',
  partition: 'failure-partition',
  offset: 'failure-offset',
  timestamp: 'failure-timestamp',
  group: 'failure-group',
  handler: 'failure-handler',
  attempts: 'failure-attempts',
  /** JSON: `[at, class, message]` of each attempt, the last of them, oldest first: 50 at most, and 16 KiB. */
  history: 'failure-history',
  firstAt: 'failure-first-at',
  firstClass: 'failure-first-class',
  firstMessage: 'failure-first-message',
  /** Cut at 4 KB. */
  firstStack: 'failure-first-stack',
  lastAt: 'failure-last-at',
  lastClass: 'failure-last-class',
  lastMessage: 'failure-last-message',
  lastStack: 'failure-last-stack',
  service: 'failure-service',
  version: 'failure-version',
  /** How often the record was given back to its group. */
  redrives: 'failure-redrives',
  /** When the present round of attempts began: with the first failure, or with the last redrive. */
  since: 'failure-since',
  /** On a retry topic: which retry of this round it stands for, from 1. */
  retry: 'failure-retry',
  /** On a retry topic: when it is tried again, and not before. */
  due: 'failure-due',
  /** On retry and redrive topics, and on a redriven command: the id of the producer that wrote the copy. See `WRITER`. */
  producer: 'failure-producer',
  /** On the dead letter of a whole batch that could not be read: the last offset of it, and its codec. The value is the batch. */
  lastOffset: 'failure-last-offset',
  codec: 'failure-codec',
  /** On a redrive topic, without a value: the dead letter was discarded, and what is parked behind it goes on. */
  discarded: 'failure-discarded',
} as const;

/** Adds what is known about the failure to a record's own headers. */
export function withFailure(
  headers: Headers,
  failure: Failure,
  more: Readonly<Record<string, string>> = {},
): Headers {
  const { place, first, last } = failure;
  const facts: Record<string, string | number | bigint> = {
    [FAILURE.id]: failure.id,
    [FAILURE.topic]: place.topic,
    [FAILURE.partition]: place.partition,
    [FAILURE.offset]: place.offset,
    [FAILURE.timestamp]: place.timestamp,
    [FAILURE.group]: failure.group,
    [FAILURE.handler]: failure.handler,
    [FAILURE.attempts]: failure.attempts,
    [FAILURE.history]: asJson(failure.history),
    [FAILURE.firstAt]: first.at,
    [FAILURE.firstClass]: first.errorClass,
    [FAILURE.firstMessage]: first.message,
    [FAILURE.firstStack]: first.stack,
    [FAILURE.lastAt]: last.at,
    [FAILURE.lastClass]: last.errorClass,
    [FAILURE.lastMessage]: last.message,
    [FAILURE.lastStack]: last.stack,
    [FAILURE.service]: failure.service,
    [FAILURE.version]: failure.version,
    [FAILURE.redrives]: failure.redrives,
    [FAILURE.since]: failure.since,
    ...more,
  };
  const own = Object.entries(facts).map(([name, value]) => [name, Buffer.from(String(value))] as const);
  return [...withoutFailure(headers), ...own];
}

/** Headers that are numbers; counts fit into 32 bits, offsets into 64, as whoever is told of them expects. */
const NUMBERS = [
  FAILURE.partition,
  FAILURE.timestamp,
  FAILURE.attempts,
  FAILURE.firstAt,
  FAILURE.lastAt,
  FAILURE.redrives,
  FAILURE.since,
];
const COUNTS: readonly string[] = [FAILURE.partition, FAILURE.attempts, FAILURE.redrives];
const LAST_OFFSET = 2n ** 63n - 1n;
const MOST_HISTORY_BYTES = 16 * 1024;

/**
 * What a copy's headers tell about the failure, or undefined when they are none that this library writes: each of them once,
 * in these forms, at most so long. Anybody can write such headers: see `believedCopy`.
 */
export function readFailure(headers: Headers): Failure | undefined {
  const own = headers.filter(([name]) => OWN.has(name));
  const text = new Map(own.map(([name, value]) => [name, value?.toString() ?? '']));
  const at = (name: string) => text.get(name) ?? '';
  if (text.size < own.length || !at(FAILURE.id) || !isOffset(at(FAILURE.offset))) return undefined;
  if (!NUMBERS.every((name) => isNumber(at(name), COUNTS.includes(name)))) return undefined;
  return {
    id: at(FAILURE.id),
    place: {
      topic: at(FAILURE.topic),
      partition: Number(at(FAILURE.partition)),
      offset: BigInt(at(FAILURE.offset)),
      timestamp: Number(at(FAILURE.timestamp)),
    },
    group: at(FAILURE.group),
    handler: nameText(at(FAILURE.handler)),
    attempts: Number(at(FAILURE.attempts)),
    history: historyIn(at(FAILURE.history)),
    first: attempt(at, 'first'),
    last: attempt(at, 'last'),
    service: at(FAILURE.service),
    version: at(FAILURE.version),
    redrives: Number(at(FAILURE.redrives)),
    since: Number(at(FAILURE.since)),
  };
}

/** Which retry a copy stands for, from 1; undefined where it does not say so. */
export function retryIn(headers: Headers): number | undefined {
  const text = header(headers, FAILURE.retry) ?? '';
  return isNumber(text, true) && Number(text) > 0 ? Number(text) : undefined;
}

/** The dead letter is of a whole batch that could not be read: there is no record to give back. */
export const isBatch = (headers: Headers) => header(headers, FAILURE.lastOffset) !== undefined;

/**
 * The record as it was in its source: its place, its bytes, and only its own headers. Of a dead letter; copies on other
 * topics are not taken at their word: see `believedCopy`.
 */
export function originalOf(record: ConsumedRecord): ConsumedRecord {
  const failure = readFailure(record.headers);
  return failure ? originalIn(record, failure) : record;
}

/** The same, of a record whose failure was read. Who wrote the original is not known any more. */
export const originalIn = ({ key, value, headers }: ConsumedRecord, { place }: Failure): ConsumedRecord => ({
  ...place,
  key,
  value,
  headers: withoutFailure(headers),
});

const OWN: ReadonlySet<string> = new Set(Object.values(FAILURE));

/** Headers of other people that begin in the same way stay. */
const withoutFailure = (headers: Headers) => headers.filter(([name]) => !OWN.has(name));

function attempt(at: (name: string) => string, which: 'first' | 'last'): FailedAttempt {
  return {
    at: Number(at(`${PREFIX}${which}-at`)),
    errorClass: nameText(at(`${PREFIX}${which}-class`)),
    message: messageText(at(`${PREFIX}${which}-message`)),
    stack: stackText(at(`${PREFIX}${which}-stack`)),
  };
}

/** As many of the last attempts as there is room for: a control character is six bytes of JSON. */
function asJson(history: readonly BriefAttempt[]): string {
  for (let from = 0; ; from++) {
    const text = JSON.stringify(
      history.slice(from).map(({ at, errorClass, message }) => [at, errorClass, message]),
    );
    if (Buffer.byteLength(text) <= MOST_HISTORY_BYTES) return text;
  }
}

/** None where the header is not as it is written here: that is no reason to know nothing about the failure. */
function historyIn(text: string): BriefAttempt[] {
  try {
    const history = (JSON.parse(text) as [number, string, string][]).slice(-MOST_ATTEMPTS);
    const attempts = history.map(([at, errorClass, message]) => ({ at, errorClass, message }));
    return attempts.filter(isBrief).map(briefText);
  } catch {
    return [];
  }
}

const isBrief = ({ at, errorClass, message }: Record<keyof BriefAttempt, unknown>) =>
  Number.isSafeInteger(at) &&
  Number(at) <= LAST_TIME &&
  typeof errorClass === 'string' &&
  typeof message === 'string';

/** Of a record, as text: what fits into 64 bits. */
export const isOffset = (text: string) => /^\d{1,19}$/.test(text) && BigInt(text) <= LAST_OFFSET;

function isNumber(text: string, count: boolean): boolean {
  const number = Number(text);
  return /^\d+$/.test(text) && number <= (count ? MOST : LAST_TIME);
}

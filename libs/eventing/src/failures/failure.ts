import type { ConsumedRecord } from '../log/record.ts';
import { derivedId } from '../serde/message-id.ts';

/** The place of a record in the log of its source. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
}

/** What one attempt, or several in a row, failed with. */
export interface FailedAttempt {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly errorClass: string;
  readonly message: string;
  readonly stack: string;
}

/** What is kept of each attempt. */
export type BriefAttempt = Omit<FailedAttempt, 'stack'>;

/** What an attempt threw, and when: milliseconds since 1970-01-01 UTC. */
export interface Thrown {
  readonly at: number;
  readonly error: unknown;
}

/** All that is known about a record that a group could not handle. Travels with each copy of it, as headers. */
export interface Failure {
  /** The same for all copies of the record in this group. */
  readonly id: string;
  readonly place: Place;
  readonly group: string;
  /** The group, and the type of message, that failed. */
  readonly handler: string;
  /** Since it was first delivered, over all retries and redrives. */
  readonly attempts: number;
  /** Each of them, the last 50, oldest first; their texts are cut at 200 bytes. */
  readonly history: readonly BriefAttempt[];
  readonly first: FailedAttempt;
  readonly last: FailedAttempt;
  readonly service: string;
  readonly version: string;
  /** How often it was given back. */
  readonly redrives: number;
  /** When the present round of attempts began, with its first failure or its last redrive: milliseconds since 1970. */
  readonly since: number;
}

/** Who failed, with what. */
export interface Failed {
  readonly group: string;
  readonly handler: string;
  readonly service: string;
  readonly version: string;
  /** Of the attempts since the record was delivered, in their order: one at least. */
  readonly thrown: readonly Thrown[];
}

/** What is known after one more failure of a record; `before` is what its copy told. */
export function failureOf(original: ConsumedRecord, failed: Failed, before?: Failure): Failure {
  const { topic, partition, offset, timestamp } = original;
  const { thrown, handler, ...who } = failed;
  const attempts = thrown.map(attemptOf);
  const [first, last] = [attempts[0], attempts.at(-1)] as [FailedAttempt, FailedAttempt];
  return {
    ...who,
    // A record may say of what type it is at any length.
    handler: nameText(handler),
    id: before?.id ?? failureId(failed.group, original),
    // Producers may have written any number, or none: -1.
    place: { topic, partition, offset, timestamp: Math.min(Math.max(0, timestamp), LAST_TIME) },
    attempts: Math.min(MOST, (before?.attempts ?? 0) + attempts.length),
    history: [...(before?.history ?? []), ...attempts.map(briefText)].slice(-MOST_ATTEMPTS),
    first: before?.first ?? first,
    last,
    redrives: before?.redrives ?? 0,
    since: before?.since ?? first.at,
  };
}

/** UUIDv5 of the group and the original's place: a repeat gives the same one. */
export function failureId(group: string, { topic, partition, offset }: Omit<Place, 'timestamp'>): string {
  return derivedId(`${group}/${topic}-${partition}@${offset}`, 'failure', 0);
}

/** Of a Date, in milliseconds since 1970: no later one can be shown. */
export const LAST_TIME = 8.64e15;
const STACK_BYTES = 4096;
const MESSAGE_BYTES = 1024;
const NAME_BYTES = 512;
const BRIEF_BYTES = 200;
export const MOST_ATTEMPTS = 50;
/** Whoever is told of a count has 32 bits for it. */
export const MOST = 2 ** 31 - 1;

export const nameText = (text: string) => cut(text, NAME_BYTES);
export const messageText = (text: string) => cut(text, MESSAGE_BYTES);
export const stackText = (text: string) => cut(text, STACK_BYTES);

function attemptOf({ at, error }: Thrown): FailedAttempt {
  const known = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack } = known;
  return {
    at,
    errorClass: nameText(name === 'Error' ? known.constructor.name : name),
    message: messageText(message),
    stack: stackText(stack ?? ''),
  };
}

export const briefText = ({ at, errorClass, message }: BriefAttempt): BriefAttempt => ({
  at,
  errorClass: cut(errorClass, BRIEF_BYTES),
  message: cut(message, BRIEF_BYTES),
});

/** The beginning of a text, at most so many bytes of UTF-8, and no half character: reports of it are to be encoded. */
function cut(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text.toWellFormed();
  let end = bytes;
  while (end > 0 && ((buffer[end] as number) & 0xc0) === 0x80) end--;
  return buffer.toString('utf8', 0, end);
}

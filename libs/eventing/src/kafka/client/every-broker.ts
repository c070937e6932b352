import type { Clock } from '../../time/clock.ts';
import { systemClock } from '../../time/system-clock.ts';
import { within } from '../../time/waiting.ts';
import { kafkaError, KafkaError } from './errors.ts';
import { addressOf } from './known-brokers.ts';
import type { ClusterMetadata } from '../wire/metadata.ts';

/**
 * Milliseconds for which the others are waited for when most brokers have answered: as long as these have taken, and so much at
 * least and at most. One that is paused is not to hold up each question for long, nor one to be left out on a slow machine.
 */
const LATE_MS = { least: 100, most: 1_000 };

/** Milliseconds for which one that does not answer is waited for alone where any would do. */
const NEXT_MS = 1_000;

export interface Heard {
  readonly answers: readonly ClusterMetadata[];
  /** Whether every broker that was asked is among those that have answered. */
  readonly complete: boolean;
}

/**
 * Asks these brokers, and those of whom only others tell. Throws KafkaError, retryable, when most do not answer: the others may
 * all be cut off from the controllers, and tell what was true then. So it does without anybody to ask: a broker that is fenced
 * knows of none, not even of itself.
 */
export async function everyBroker(
  addresses: readonly string[],
  ask: (address: string) => Promise<ClusterMetadata>,
  clock: Clock = systemClock,
): Promise<Heard> {
  const asked = new Set<string>();
  const heard: ClusterMetadata[] = [];
  let failure: unknown;
  const most = () => heard.length * 2 > asked.size;
  let enough = Promise.withResolvers<void>();
  const hear = async (address: string): Promise<void> => {
    if (asked.has(address)) return;
    asked.add(address);
    const answer = await ask(address).catch((error: unknown) => void (failure = error));
    if (!answer) return;
    heard.push(answer);
    const others = Promise.all(answer.nodes.map((node) => hear(addressOf(node))));
    // They count from here on.
    if (most()) enough.resolve();
    await others;
  };
  const began = clock.elapsed();
  const all = Promise.all(addresses.map(hear));
  for (let ended = false; !ended; enough = Promise.withResolvers()) {
    await Promise.race([all, enough.promise]);
    ended = await within(clock, graceAfter(clock.elapsed() - began), all);
    // Late ones may have told of more.
    if (most()) break;
  }
  if (asked.size === 0) throw nobodyKnown();
  if (heard.length === 0) throw kafkaError(failure);
  if (!most()) throw unconfirmed(heard.length, asked.size, failure);
  return { answers: [...heard], complete: heard.length === asked.size };
}

const graceAfter = (ms: number) => Math.min(Math.max(ms, LATE_MS.least), LATE_MS.most);

/**
 * Asks one broker after the other until one answers. One that is paused would hold it up for the whole of a request's time: the
 * next one is asked beside it. Rejects with what the last one has failed with.
 */
export function anyBroker<T>(addresses: readonly string[], ask: (address: string) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let left = addresses.length;
  if (left === 0) reject(nobodyKnown());
  let answered = false;
  const succeeded = (answer: T) => {
    answered = true;
    resolve(answer);
  };
  const failed = (error: unknown) => {
    if (--left === 0) reject(error as Error);
  };
  const askAll = async () => {
    for (const address of addresses)
      if (!answered) await within(systemClock, NEXT_MS, ask(address).then(succeeded, failed));
  };
  void askAll();
  return promise;
}

const nobodyKnown = () => new KafkaError('CONNECTION', 'No broker is known', { retryable: true });

const unconfirmed = (answered: number, asked: number, cause: unknown) =>
  new KafkaError(
    'LEADERS_UNCONFIRMED',
    `Only ${answered} of ${asked} brokers say who leads: they are asked again until most of them do`,
    { retryable: true, cause },
  );

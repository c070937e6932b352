import { systemClock } from '../time/system-clock.ts';
import { within } from '../time/waiting.ts';
import { kafkaError, KafkaError } from './errors.ts';
import { addressOf } from './known-brokers.ts';
import type { ClusterMetadata } from './wire/metadata.ts';

/** Milliseconds for which a broker that does not answer is waited for when all are asked, and most have answered. */
const ALL_BROKERS_MS = 1_000;

/** Milliseconds for which one that does not answer is waited for alone where any would do. */
const NEXT_MS = 1_000;

export interface Heard {
  readonly answers: readonly ClusterMetadata[];
  /** Whether every broker that was asked is among those that have answered. */
  readonly complete: boolean;
}

/**
 * Asks these brokers, and those of whom only others tell. Throws KafkaError, retryable, when most do not answer: the others may
 * all be cut off from the controllers, and tell what was true then.
 */
export async function everyBroker(
  addresses: readonly string[],
  ask: (address: string) => Promise<ClusterMetadata>,
): Promise<Heard> {
  const asked = new Set<string>();
  const heard: ClusterMetadata[] = [];
  let failure: unknown;
  const enough = Promise.withResolvers<void>();
  const most = () => heard.length * 2 > asked.size;
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
  const all = Promise.all(addresses.map(hear));
  await within(systemClock, ALL_BROKERS_MS, all);
  if (!most()) await Promise.race([all, enough.promise]);
  if (heard.length === 0) throw kafkaError(failure);
  if (!most()) throw unconfirmed(heard.length, asked.size, failure);
  return { answers: [...heard], complete: heard.length === asked.size };
}

/**
 * Asks one broker after the other until one answers. One that is paused would hold it up for the whole of a request's time: the
 * next one is asked beside it. Rejects with what the last one has failed with.
 */
export function anyBroker<T>(addresses: readonly string[], ask: (address: string) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let left = addresses.length;
  if (left === 0) reject(new KafkaError('CONNECTION', 'No broker is known', { retryable: true }));
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

const unconfirmed = (answered: number, asked: number, cause: unknown) =>
  new KafkaError(
    'LEADERS_UNCONFIRMED',
    `Only ${answered} of ${asked} brokers say who leads: they are asked again until most of them do`,
    { retryable: true, cause },
  );

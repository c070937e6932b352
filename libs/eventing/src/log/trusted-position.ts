import { sleep } from '../time/waiting.ts';
import { PositionError } from './errors.ts';
import type { Log, StoredPosition } from './log.ts';

/** Milliseconds within which markers of transactions that have ended are written. */
export const MARKERS_MS = 2_000;

/** Milliseconds for which a broker may answer that leads no more. */
export const STALE_LEADER_MS = 15_000;
/** Milliseconds between two questions to all brokers. */
const AGAIN_MS = 1_000;

/**
 * The end of the log once nothing before it is open any more, as the leader of the newest epoch tells it: whatever was written
 * when this was called is before it. Throws LogError, retryable, when a transaction stays open for more than two seconds.
 */
export async function wholeEnd(
  log: Log,
  topic: string,
  partition: number,
  signal?: AbortSignal,
): Promise<bigint> {
  await log.confirmLeaders([topic]);
  const end = await log.end(topic, partition, signal);
  let stable = await log.stableEnd(topic, partition, signal);
  const { clock } = log;
  for (const deadline = clock.elapsed() + MARKERS_MS; stable < end;) {
    if (clock.elapsed() > deadline) throw await log.notStable(topic, partition);
    await sleep(clock, 20, signal);
    stable = await log.stableEnd(topic, partition, signal);
  }
  return stable;
}

/**
 * The group's position, checked against the log. A missing one, or one outside of the log, is a PositionError:
 * positions are created at deployment and are never reset by themselves, because that would skip or repeat records.
 */
export async function trustedPosition(
  log: Log,
  group: string,
  topic: string,
  partition: number,
  signal?: AbortSignal,
): Promise<StoredPosition> {
  const position = await log.position(group, topic, partition, signal);
  const { offset } = position;
  const where = `${topic}-${partition}`;
  if (offset < 0n) {
    throw new PositionError(
      `The group ${group} has no committed offset for ${where}. Run the deployment step, or set it yourself; it is never reset by itself`,
      { group, topic, partition },
    );
  }
  await refuseOutside(log, `The group ${group} stands at`, topic, partition, offset, signal);
  return position;
}

/**
 * Throws PositionError unless the log holds this offset, or ends just before it: as the leader of the newest epoch tells it, and
 * not a broker that was away.
 */
export async function refuseOutside(
  log: Log,
  who: string,
  topic: string,
  partition: number,
  offset: bigint,
  signal?: AbortSignal,
): Promise<void> {
  const outside = async () => {
    const [start, end] = await Promise.all([
      log.start(topic, partition, signal),
      log.end(topic, partition, signal),
    ]);
    return offset >= start && offset <= end ? undefined : { start, end };
  };
  if (!(await outside())) return;
  const found = await whatStays(log, [topic], outside, signal);
  if (!found) return;
  throw new PositionError(
    `${who} offset ${offset} of ${topic}-${partition}, but the log holds ${found.start} to ${found.end}: records are missing. Decide where to go on and set it; it is never reset by itself`,
    { topic, partition, offset },
  );
}

/**
 * What is found of these topics, once it is certain: all brokers have said who leads, or it has stayed so for 15 seconds.
 * Undefined as soon as it is found no more. To be asked before a partition stops, or goes back.
 */
export async function whatStays<Found>(
  log: Log,
  topics: readonly string[],
  look: () => Promise<Found | undefined>,
  signal?: AbortSignal,
): Promise<Found | undefined> {
  for (const began = log.clock.elapsed(); ;) {
    const allAnswered = await log.confirmLeaders(topics);
    const found = await look();
    if (found === undefined || allAnswered || log.clock.elapsed() - began > STALE_LEADER_MS) return found;
    await sleep(log.clock, AGAIN_MS, signal);
  }
}

import { isTooOldToRedrive, REDRIVE_LIMIT } from '@atelier/contracts';

/**
 * What decisions about a dead letter need to know, and no more. It waits for an operator at first and after each
 * failed redrive; the number of redrives tells the one from the other, so a restored one needs no memory.
 */
export type DeadLetter = UnknownDeadLetter | KnownDeadLetter;

export interface UnknownDeadLetter {
  readonly status: 'unknown';
}

export interface KnownDeadLetter extends Failure {
  readonly status: 'waiting' | 'requested' | 'sent' | 'handled' | 'discarded';
  /** Redrives so far, the one that is under way included. */
  readonly redrive: number;
  /** Of the last redrive. */
  readonly jobId: string | null;
  /** Of the last redrive. */
  readonly canary: boolean;
}

/** Where a dead letter is found: the place of its original, and when it failed last. */
export interface Failure {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly failedAt: bigint;
}

export const failureOf = ({ group, topic, partition, offset, key, failedAt }: Failure): Failure => ({
  group,
  topic,
  partition,
  offset,
  key,
  failedAt,
});

export const isUnderWay = ({ status }: DeadLetter) => status === 'requested' || status === 'sent';

// A group without transactions may fail on a redriven record and also handle it: its last word counts.

export const canFail = (state: DeadLetter) => isUnderWay(state) || state.status === 'handled';

export const canBeHandled = (state: DeadLetter): state is KnownDeadLetter =>
  isUnderWay(state) || (state.status === 'waiting' && state.redrive > 0);

export const isUsedUp = (redrives: number) => redrives >= REDRIVE_LIMIT;

export const isTooOld = ({ failedAt }: Failure, now: number) => isTooOldToRedrive(Number(failedAt), now);

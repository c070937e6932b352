import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { until } from '../../harness/waiting.ts';
import { FirstHeld } from '../network/first-held.ts';
import { endTxn, endTxnError, type HeldRequest } from '../network/kafka-requests.ts';
import {
  CycleGroups,
  isCommit,
  isOf,
  isTxnOffsetCommit,
  txnOffsetCommitError,
} from '../network/transaction-requests.ts';
import type { Bench } from './fault.ts';
import { untilReady } from './ready.ts';

/** A transaction of a process with one request of it on its way, for as long as the relay holds it. */
export interface HeldCycle {
  readonly request: HeldRequest;
  /** Whose positions it has, in the order in which they were sent; that of a held position is the last. */
  readonly groups: readonly string[];
}

/** Holds the positions of the group that makes it so many in one transaction of this process, or the EndTxn that commits as many. */
export async function holdCycle(
  { cluster: { relays } }: Bench,
  instance: string,
  { at, least }: { readonly at: 'positions' | 'end'; readonly least: number },
): Promise<HeldCycle> {
  const cycle = new CycleGroups(instance);
  const unwatch = relays.requests.map((requests) => requests.watch(cycle.note));
  const isWanted = at === 'positions' ? isTxnOffsetCommit : isCommit;
  const held = new FirstHeld(
    relays.requests,
    (request) => isOf(request, instance) && isWanted(request) && cycle.groups.size >= least,
  );
  try {
    await until(
      `${instance} has the positions of ${least} groups in one transaction`,
      () => held.request !== undefined,
    );
    return { request: held.request as HeldRequest, groups: [...cycle.groups] };
  } finally {
    held.stop();
    for (const end of unwatch) end();
  }
}

/** Resolves when this process has committed a position of each of these groups, in transactions that it begins from now on. */
export async function committed(
  { cluster: { relays } }: Bench,
  instance: string,
  groups: readonly string[],
): Promise<void> {
  const left = new Set(groups);
  const cycle = new CycleGroups(instance);
  const unwatch = relays.requests.map((requests) =>
    requests.watch((request) => {
      cycle.note(request);
      if (isOf(request, instance) && isCommit(request)) for (const group of cycle.groups) left.delete(group);
    }),
  );
  try {
    await until(
      () => `${instance} commits positions of ${[...left].join(', ')}`,
      () => left.size === 0,
      { everyMs: 20 },
    );
  } finally {
    for (const end of unwatch) end();
  }
}

/** The error of what the broker says to a held request when it arrives at last; undefined where the connection closed meanwhile. */
export async function errorOf({ request }: HeldCycle): Promise<number | undefined> {
  const answer = await request.forward().catch(() => undefined);
  if (!answer) return undefined;
  return endTxn(request) ? endTxnError(answer, request) : txnOffsetCommitError(answer);
}

/**
 * The commit that an instance had on its way when it died is refused when it arrives: whoever has its partitions now has read their
 * positions, and so has waited until the transaction was decided.
 */
export async function refusedOf(bench: Bench, { name }: SupervisedService, open: HeldCycle): Promise<void> {
  const [kind] = name.split('-');
  for (const peer of bench.cluster.services.values())
    if (peer.name.split('-')[0] === kind) await untilReady(bench, peer);
  if ((await errorOf(open)) === 0)
    throw new Error(`A transaction that ${name} had left open was committed although its successor works`);
}

/** `2 to 4`, of how many groups there were each time. */
export function range(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least} to ${most}`;
}

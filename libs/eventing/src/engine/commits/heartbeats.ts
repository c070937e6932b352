import type { Clock } from '../../time/clock.ts';
import { withTimeout } from '../../time/waiting.ts';
import { LogError, PartitionLost } from '../../log/errors.ts';
import { laneOf, type Share } from './share.ts';

/** Milliseconds that a heartbeat may take: nobody waits long for a rebalance of another's group. */
const ANSWERED_MS = 1_000;

/** What came of a heartbeat in each group: how many were answered well, and why the others were not. */
export interface Heard {
  readonly well: number;
  readonly refusals: ReadonlyMap<string, Error>;
}

/**
 * A heartbeat in each group in which a process has lanes, one for all of them: what has to come before each new epoch. An epoch that
 * is taken without would lock out the process that has these groups now, and the other way round, for ever.
 */
export class Heartbeats {
  private readonly clock: Clock;
  /** By group, and by lane. */
  private readonly groups = new Map<string, Map<string, Share['confirm']>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** From now on its group is one of the process's. */
  remember(share: Share): void {
    const { group } = share.position;
    const lanes = this.groups.get(group) ?? new Map<string, Share['confirm']>();
    this.groups.set(group, lanes.set(laneOf(share), share.confirm));
  }

  /** Whether its lane was not found to be lost. */
  knows(share: Share): boolean {
    return this.groups.get(share.position.group)?.has(laneOf(share)) === true;
  }

  /** Throws LogError when another process of the same name is in one of the groups: the id is the other's. */
  async ask(): Promise<Heard> {
    const asked = [...this.groups.keys()];
    const answers = await Promise.all(asked.map((group) => this.refusalOf(group)));
    const refusals = new Map<string, Error>();
    for (const [at, error] of answers.entries()) {
      if (error && isOfNamesake(error)) throw hasNamesake(asked[at] as string, error);
      if (error) refusals.set(asked[at] as string, error);
    }
    return { well: asked.length - refusals.size, refusals };
  }

  /** Why there was no heartbeat in the group, if so. What the group says is true of all lanes. */
  private async refusalOf(group: string): Promise<Error | undefined> {
    const lanes = this.groups.get(group) ?? new Map<string, Share['confirm']>();
    let refusal: Error | undefined;
    for (const [lane, confirm] of lanes) {
      refusal = await withTimeout(this.clock, ANSWERED_MS, confirm).then(nothing, (error: Error) =>
        error.name === 'TimeoutError' ? notAnswered(group, error) : error,
      );
      if (!isOfLane(refusal)) break;
      lanes.delete(lane);
    }
    if (refusal instanceof PartitionLost) this.groups.delete(group);
    return refusal;
  }
}

const nothing = () => undefined;

/** It is the member's own answer, for this partition: its group was not asked. */
const isOfLane = (error: Error | undefined) => error instanceof PartitionLost && error.cause === undefined;

const notAnswered = (group: string, cause: Error) =>
  new LogError(
    'HEARTBEAT',
    `${group} has not answered a heartbeat within ${ANSWERED_MS} ms: it is asked again`,
    {
      retryable: true,
      fields: { group },
      cause,
    },
  );

const isOfNamesake = ({ cause }: Error) => cause instanceof LogError && cause.code === 'FENCED_INSTANCE_ID';

const hasNamesake = (group: string, cause: Error) =>
  new LogError(
    'FENCED_INSTANCE_ID',
    `Another process has this one's name in ${group}, and no epoch is taken: give each process a SERVICE_INSTANCE of its own`,
    { retryable: false, fields: { group }, cause },
  );

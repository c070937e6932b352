import { setMaxListeners } from 'node:events';
import { ConfigurationError } from '../domain/index.ts';
import { type BaseOffsets, partitionKey } from '../log/partitions.ts';
import { CommitUnknown, ProducerFenced } from '../log/errors.ts';
import type { Clock } from '../time/clock.ts';
import { sleep } from '../time/waiting.ts';
import type { Cluster } from './cluster.ts';
import { blamed, mayBeOne } from './blame.ts';
import type { Failpoint } from './failpoints.ts';
import type { Membership } from './membership.ts';
import type { Producer, TransactionPart } from './transactions.ts';

/** A part, and what it takes to have it in a transaction that begins anew. */
export interface Share extends TransactionPart {
  /** A heartbeat: throws PartitionLost when the lane is another's by now. */
  readonly confirm: (signal: AbortSignal) => Promise<Membership>;
}

interface Waiting {
  readonly share: Share;
  readonly resolve: (offsets: BaseOffsets) => void;
  readonly reject: (error: Error) => void;
}

export interface CommitCyclesOptions {
  /** Whose processes share these groups among them. */
  readonly service: string;
  /** This process's name among them, and among the members of its groups (KIP-345). No other may have it while this one lives. */
  readonly instance: string;
  readonly groups: readonly string[];
  readonly failpoint?: Failpoint;
}

const serviceWithSlash = (service: string) =>
  new ConfigurationError(
    'SERVICE_NAME',
    `The name of a service is the begin of its transactional ids, and ends with the first /: ${service} has one`,
    { fields: { service } },
  );

/** The transactional id of a process: names of services have no `/`. */
export const transactionalIdOf = ({ service, instance }: Pick<CommitCyclesOptions, 'service' | 'instance'>) =>
  `${service}/${instance}`;

/** Milliseconds between two questions of an assignment that waits, whether it is for somebody who is gone. */
const LOOK_MS = 200;

/** Milliseconds at most between the end of one cycle and the begin of the next: as long as the cycle took. */
const LONGEST_REST_MS = 100;

/**
 * The transactions of a process, one after the other. What all lanes of all its exactly-once groups have handled while one commits
 * goes together into the next: a transaction costs the same whatever is in it. A share that fails is found, and costs its
 * neighbours one transaction that is repeated without it; then it gets transactions of its own until it is well.
 */
export class CommitCycles {
  private readonly cluster: Cluster;
  private readonly clock: Clock;
  private readonly options: CommitCyclesOptions;
  private readonly producer: Producer;
  private readonly stopping = new AbortController();
  private waiting: Waiting[] = [];
  private fencing: Promise<void> | undefined;
  private running: Promise<void> | undefined;
  private nextAt = -Infinity;
  private aloneNext = false;
  private assignments = 0;
  private looking: Promise<unknown> | undefined;
  private lookingAgain: Promise<void> | undefined;
  /** Lanes whose last share was to blame for a failure. */
  private readonly unwell = new Set<string>();

  constructor(cluster: Cluster, options: CommitCyclesOptions) {
    const { failpoint } = options;
    const transactionalId = transactionalIdOf(options);
    if (options.service.includes('/')) throw serviceWithSlash(options.service);
    this.cluster = cluster;
    this.clock = cluster.clock;
    this.options = options;
    // A share of each lane may wait for it.
    setMaxListeners(0, this.stopping.signal);
    this.producer = cluster.producer({ transactionalId, ...(failpoint && { failpoint }) });
  }

  /**
   * An assignment waits while a transaction of an earlier owner is open; others may wait for it, too. Where its process is gone, this
   * one ends it.
   */
  async assigning<T>(assignment: () => Promise<T>): Promise<T> {
    this.assignments++;
    void this.endAbandoned();
    this.lookingAgain ??= this.lookAgain();
    try {
      return await assignment();
    } finally {
      this.assignments--;
    }
  }

  /**
   * Resolves when nothing is open that an earlier process of this name has left. To be called after a heartbeat, and before positions
   * are read.
   */
  async ready(signal: AbortSignal): Promise<void> {
    this.fencing ??= this.fence();
    await this.fencing;
    signal.throwIfAborted();
  }

  /** Ends what a process of the version before has left open, which had an id for each of its partitions. */
  expel(formerId: string): Promise<void> {
    return this.cluster.expel(formerId);
  }

  /**
   * Resolves when the share is a fact: its transaction is committed, and its markers are written. Answers where its records stand.
   * Throws what its own lane is to blame for, or what nobody knows the outcome of.
   */
  commit(share: Share): Promise<BaseOffsets> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ share, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** What is under way ends; nothing follows. Never throws. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.producer.abandon();
  }

  /** One question at a time, whoever waits. */
  private endAbandoned(): Promise<unknown> {
    const { service, groups } = this.options;
    this.looking ??= this.cluster
      .endAbandoned(service, groups)
      .catch(() => undefined)
      .finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** For all assignments that wait: one timer, however many they are. Who did not answer is asked again, as long as somebody does. */
  private async lookAgain(): Promise<void> {
    const { signal } = this.stopping;
    while (this.assignments > 0 && !signal.aborted) {
      await sleep(this.clock, LOOK_MS, signal).catch(() => undefined);
      if (this.assignments > 0 && !signal.aborted) await this.endAbandoned();
    }
    this.lookingAgain = undefined;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await sleep(this.clock, Math.max(0, this.nextAt - this.clock.elapsed()));
      const began = this.clock.elapsed();
      await this.settle(this.take());
      const ended = this.clock.elapsed();
      this.nextAt = ended + Math.min(ended - began, LONGEST_REST_MS);
    }
    this.running = undefined;
  }

  /** All that wait and are well, or one of the others: in turn. */
  private take(): readonly Waiting[] {
    const isWell = ({ share }: Waiting) => !this.unwell.has(laneOf(share));
    const well = this.waiting.filter(isWell);
    const alone = this.waiting.find((each) => !isWell(each));
    const taken = alone && (this.aloneNext || well.length === 0) ? [alone] : well;
    this.aloneNext = alone !== undefined && taken === well;
    this.waiting = this.waiting.filter((each) => !taken.includes(each));
    return taken;
  }

  private async settle(cycle: readonly Waiting[]): Promise<void> {
    const owned = await this.begun(cycle);
    if (owned.length === 0) return;
    let offsets: readonly BaseOffsets[];
    try {
      offsets = await this.producer.transact(owned.map(({ share }) => share));
    } catch (error) {
      this.fencing = undefined;
      return this.undone(owned, error as Error);
    }
    await this.become(owned, offsets);
  }

  /** It was acknowledged, and is to become a fact. */
  private async become(cycle: readonly Waiting[], offsets: readonly BaseOffsets[]): Promise<void> {
    try {
      await this.producer.settled();
    } catch (error) {
      this.fencing = undefined;
      return refuse(cycle, error as Error);
    }
    for (const [at, { share, resolve }] of cycle.entries()) {
      this.unwell.delete(laneOf(share));
      resolve(offsets[at] as BaseOffsets);
    }
  }

  /** Nothing of it is committed; or nobody knows, and only the positions tell. */
  private async undone(cycle: readonly Waiting[], error: Error): Promise<void> {
    if (error instanceof CommitUnknown || error instanceof ProducerFenced) return refuse(cycle, error);
    const guilty = new Set(
      blamed(
        cycle.map(({ share }) => share),
        error,
      ),
    );
    const others = cycle.filter(({ share }) => !guilty.has(share));
    const suspects = cycle.filter(({ share }) => guilty.has(share));
    if (others.length > 0) await this.settle(others);
    if (suspects.length > 1 && mayBeOne(error)) return this.settleHalves(suspects);
    for (const { share } of suspects) this.unwell.add(laneOf(share));
    refuse(suspects, error);
  }

  private async settleHalves(suspects: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(suspects.length / 2);
    await this.settle(suspects.slice(0, middle));
    await this.settle(suspects.slice(middle));
  }

  /** Those that may go into a transaction that begins now. After a failure each of them is confirmed before the fence. */
  private async begun(cycle: readonly Waiting[]): Promise<readonly Waiting[]> {
    if (this.fencing) return this.fenced(cycle);
    const { signal } = this.stopping;
    const confirmed = await Promise.all(
      cycle.map(async (each) => {
        try {
          await each.share.confirm(signal);
          return [each];
        } catch (error) {
          each.reject(error as Error);
          return [];
        }
      }),
    );
    const owned = confirmed.flat();
    return owned.length === 0 ? owned : this.fenced(owned);
  }

  /** An assignment may have begun the fence that is waited for. */
  private async fenced(cycle: readonly Waiting[]): Promise<readonly Waiting[]> {
    try {
      await (this.fencing ??= this.fence());
      return cycle;
    } catch (error) {
      refuse(cycle, error as Error);
      return [];
    }
  }

  private async fence(): Promise<void> {
    try {
      await this.producer.fence(this.stopping.signal);
    } catch (error) {
      this.fencing = undefined;
      throw error;
    }
  }
}

const laneOf = ({ position: { group, topic, partition } }: TransactionPart) =>
  `${group} ${partitionKey(topic, partition)}`;

function refuse(cycle: readonly Waiting[], error: Error): void {
  for (const { reject } of cycle) reject(error);
}

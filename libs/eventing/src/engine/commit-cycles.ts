import { ConfigurationError } from '../domain/index.ts';
import { type BaseOffsets, partitionKey } from '../log/partitions.ts';
import { CommitUnknown, LogError, ProducerFenced } from '../log/errors.ts';
import type { Clock } from '../time/clock.ts';
import { sleep, unlessAborted, within, withTimeout } from '../time/waiting.ts';
import type { Cluster } from './cluster.ts';
import { blamed, hasMovedOn, mayBeOne } from './blame.ts';
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
/** Bytes of keys and values in one transaction, so that it is open for a moment only. */
const CYCLE_BYTES = 8 * 1024 * 1024;
/** Milliseconds that the heartbeats before a fence may take. */
const CONFIRMED_MS = 1_000;
const CLOSING_MS = 1_000;

/**
 * The transactions of a process, one after the other. What all lanes of all its exactly-once groups have handled while one commits
 * goes together into the next: a transaction costs the same whatever is in it. A share that fails is found: those that the error
 * is not about go on in the next transaction, the others by halves. Then its lane gets transactions of its own until it is well.
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
    await unlessAborted(this.fencing, signal);
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

  /** What is under way may end; nothing follows. Resolves within a second. Never throws. */
  async close(): Promise<void> {
    this.stopping.abort();
    const ending = Promise.resolve(this.running).then(() => this.producer.abandon());
    await within(this.clock, CLOSING_MS, ending);
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
    const { clock, stopping } = this;
    while (this.waiting.length > 0 && !stopping.signal.aborted) {
      await sleep(clock, Math.max(0, this.nextAt - clock.elapsed()));
      const [cycle, began] = [this.take(), clock.elapsed()];
      // Whoever waits for an answer gets one, whatever has happened.
      await this.settle(cycle).catch((error: Error) => refuse(cycle, error));
      const ended = clock.elapsed();
      this.nextAt = ended + Math.min(ended - began, LONGEST_REST_MS);
    }
    this.running = undefined;
    refuse(this.waiting.splice(0), stopped());
  }

  /** As much as waits and is well, or one of the others: in turn. */
  private take(): readonly Waiting[] {
    const isWell = ({ share }: Waiting) => !this.unwell.has(laneOf(share));
    const well = this.waiting.filter(isWell);
    const alone = this.waiting.find((each) => !isWell(each));
    const isAlone = alone !== undefined && (this.aloneNext || well.length === 0);
    this.aloneNext = alone !== undefined && !isAlone;
    const taken = new Set(isAlone ? [alone] : firstOf(well));
    this.waiting = this.waiting.filter((each) => !taken.has(each));
    return [...taken];
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
    const shares = cycle.map(({ share }) => share);
    const named = blamed(shares, error);
    const guilty = new Set(named ?? shares);
    const others = cycle.filter(({ share }) => !guilty.has(share));
    const suspects = cycle.filter(({ share }) => guilty.has(share));
    if (others.length > 0) await this.settle(others);
    if (suspects.length > 1 && mayBeOne(error)) return this.settleHalves(suspects);
    // What is said of nobody, or passes with a new generation, is no lane's own.
    if ((named || mayBeOne(error)) && !hasMovedOn(error))
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
    const confirmed = await Promise.all(cycle.map((each) => this.isConfirmed(each)));
    const owned = cycle.filter((_, at) => confirmed[at]);
    return owned.length === 0 ? owned : this.fenced(owned);
  }

  /** Nobody waits long for a rebalance of another's group. */
  private async isConfirmed({ share, reject }: Waiting): Promise<boolean> {
    try {
      await withTimeout(this.clock, CONFIRMED_MS, share.confirm);
      return true;
    } catch (error) {
      reject(error as Error);
      return false;
    }
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

/** Those that come first, up to a size: a transaction that is open hides what is behind it. */
function firstOf(waiting: readonly Waiting[]): readonly Waiting[] {
  let bytes = 0;
  const end = waiting.findIndex(({ share }) => {
    bytes += bytesOf(share);
    return bytes > CYCLE_BYTES;
  });
  return end < 0 ? waiting : waiting.slice(0, Math.max(1, end));
}

const bytesOf = ({ records }: TransactionPart) =>
  records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);

const stopped = () => new LogError('STOPPED', 'The process is stopping', { retryable: false });

const laneOf = ({ position: { group, topic, partition } }: TransactionPart) =>
  `${group} ${partitionKey(topic, partition)}`;

function refuse(cycle: readonly Waiting[], error: Error): void {
  for (const { reject } of cycle) reject(error);
}

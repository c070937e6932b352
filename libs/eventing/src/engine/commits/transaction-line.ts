import { ProducerFenced } from '../../log/errors.ts';
import type { BaseOffsets } from '../../log/partitions.ts';
import type { Log } from '../../log/log.ts';
import type { Clock } from '../../time/clock.ts';
import { GivenUp } from './given-up.ts';
import { sleep, within } from '../../time/waiting.ts';
import { Pace } from './pace.ts';
import { placesIn } from './blame.ts';
import { laneOf, type PendingShare, type Share } from './share.ts';
import { Takeovers } from './takeovers.ts';
import { placesOf, type Producer } from '../ports/transactions.ts';

/** Milliseconds after which others need not wait any more for what is under way. */
const LATE_MS = 1_000;
/** Milliseconds between two looks at which shares of a transaction are facts, while it is not one as a whole. */
const LOOK_MS = 100;

/** Milliseconds after a fence that has failed until the next one. */
const FENCE_AGAIN_MS = 1_000;

/** What a line tells of itself. */
export interface LineEvents {
  /** A share is a fact, and its lane free. */
  readonly settled: (pending: PendingShare) => void;
  /** What is under way takes too long for others to wait for it, or a place is free again. */
  readonly late: () => void;
}

/**
 * One transactional id of a process: what has gone into its transaction, and for how long that has been under way. A partition
 * without a leader holds up the whole id, because the transaction cannot end: then others go on with another one.
 */
export class TransactionLine {
  private readonly clock: Clock;
  private readonly producer: Producer;
  private readonly events: LineEvents;
  private readonly takeovers: Takeovers;
  private readonly underWay = new Set<PendingShare>();
  private readonly lanes = new Set<string>();
  private readonly givenUp: GivenUp;
  private acknowledged = false;
  /** Since when it is held up, or at work. */
  private since: number | undefined;
  private readonly pace = new Pace();
  private fenceAt = -Infinity;
  private fencing: Promise<void> | undefined;
  private fenced = false;

  constructor(log: Log, transactionalId: string, producer: Producer, events: LineEvents) {
    this.clock = log.clock;
    this.takeovers = new Takeovers(log.clock, transactionalId);
    this.givenUp = new GivenUp(log.apart('given-up'), events.late);
    this.producer = producer;
    this.events = events;
  }

  get isFenced(): boolean {
    return this.fenced;
  }

  /** Milliseconds until others need not wait for what is under way; negative when they need not any more. */
  get patienceMs(): number {
    return this.since === undefined ? LATE_MS : this.since + LATE_MS - this.clock.elapsed();
  }

  get isLate(): boolean {
    return this.patienceMs <= 0;
  }

  /** Some places wait for its next epoch. */
  get isStuck(): boolean {
    return !this.fenced && this.givenUp.open.size > 0;
  }

  /** It can commit what is given to it, soon. */
  get isUsable(): boolean {
    return this.fenced && !this.isLate;
  }

  /** Whether something of this lane is not a fact yet. */
  has(share: Share): boolean {
    return this.lanes.has(laneOf(share));
  }

  /** Where what is under way has not ended, as far as that is known. */
  get open(): ReadonlySet<string> {
    return new Set([...this.givenUp.open, ...[...this.underWay].flatMap((pending) => this.openOf(pending))]);
  }

  /** A new epoch, after a heartbeat in each group; one at a time, whoever asks. Until there is one, it is held up. */
  fence(confirmed: () => Promise<void>, signal: AbortSignal): Promise<void> {
    this.fencing ??= this.newEpoch(confirmed, signal).catch((error: unknown) => {
      this.fencing = undefined;
      this.fenceAt = this.clock.elapsed() + FENCE_AGAIN_MS;
      throw error;
    });
    return this.fencing;
  }

  /** Resolves when it has rested from its last transaction: meanwhile others come. */
  rested(): Promise<void> {
    return sleep(this.clock, Math.max(0, Math.max(this.pace.nextAt, this.fenceAt) - this.clock.elapsed()));
  }

  /**
   * Commits the shares as one. Each hears where its records stand once it is a fact, or that what was acknowledged does not become
   * one. Answers why nothing is committed, if so, or not known to be: that is for the caller to tell.
   */
  commit(cycle: readonly PendingShare[]): Promise<Error | undefined> {
    for (const pending of cycle) {
      this.underWay.add(pending);
      this.lanes.add(laneOf(pending.share));
    }
    const began = this.clock.elapsed();
    this.since = began;
    return this.toldWhenLate(() => this.transact(cycle)).finally(() => {
      this.since = undefined;
      this.pace.worked(began, this.clock.elapsed());
      this.underWay.clear();
      this.lanes.clear();
      this.acknowledged = false;
      if (!this.fenced) this.fencing = undefined;
    });
  }

  /** See `Producer`. */
  abandon(): Promise<void> {
    this.givenUp.become([]);
    return this.producer.abandon();
  }

  private async newEpoch(confirmed: () => Promise<void>, signal: AbortSignal): Promise<void> {
    this.since ??= this.clock.elapsed();
    await this.toldWhenLate(async () => {
      this.takeovers.refuse();
      await confirmed();
      await this.producer.fence(signal);
    });
    this.since = undefined;
    this.givenUp.become([]);
    this.fenced = true;
  }

  private async transact(cycle: readonly PendingShare[]): Promise<Error | undefined> {
    let offsets: readonly BaseOffsets[];
    try {
      offsets = await this.producer.transact(cycle.map(({ share }) => share));
    } catch (error) {
      this.fenced = false;
      this.givenUp.become(placesIn(error as Error));
      if (error instanceof ProducerFenced) this.takeovers.met();
      return error as Error;
    }
    this.acknowledged = true;
    await this.become(new Map(cycle.map((pending, at) => [pending, offsets[at] as BaseOffsets])));
    return undefined;
  }

  /** It was acknowledged, and is to become a fact: each share by itself, where one partition is late. */
  private async become(offsets: ReadonlyMap<PendingShare, BaseOffsets>): Promise<void> {
    const settled = this.producer.settled();
    const settle = (pending: PendingShare) => {
      this.underWay.delete(pending);
      this.lanes.delete(laneOf(pending.share));
      pending.resolve(offsets.get(pending) as BaseOffsets);
      this.events.settled(pending);
    };
    while (!(await within(this.clock, LOOK_MS, settled))) {
      for (const pending of [...this.underWay]) if (this.openOf(pending).length === 0) settle(pending);
      // Somewhere it may have ended, though not for a whole share.
      if (this.isLate) this.events.late();
    }
    try {
      await settled;
      for (const pending of [...this.underWay]) settle(pending);
    } catch (error) {
      this.fenced = false;
      this.givenUp.become(this.open);
      for (const { reject } of this.underWay) reject(error as Error);
    }
  }

  private openOf({ share }: PendingShare): readonly string[] {
    const places = placesOf(share);
    return this.acknowledged ? places.filter((place) => this.producer.unmarked.has(place)) : places;
  }

  private async toldWhenLate<T>(work: () => Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const wait = () => void (cancel = this.clock.timer(Math.max(0, this.patienceMs), look));
    // Timers may ring a fraction of a millisecond before their time: nobody would look again.
    const look = () => (this.isLate ? this.events.late() : wait());
    wait();
    try {
      return await work();
    } finally {
      cancel();
    }
  }
}

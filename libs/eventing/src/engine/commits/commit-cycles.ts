import type { BaseOffsets } from '../../log/partitions.ts';
import { CommitUnknown, LogError, PartitionLost, ProducerFenced } from '../../log/errors.ts';
import type { Clock } from '../../time/clock.ts';
import { unlessAborted, within } from '../../time/waiting.ts';
import { AbandonedTransactions } from './abandoned.ts';
import { blamed, isOwn, mayBeOne } from './blame.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Failpoint } from '../failpoints.ts';
import { Heartbeats } from './heartbeats.ts';
import type { PendingShare, Share } from './share.ts';
import { ShareQueue } from './share-queue.ts';
import { TransactionLine } from './transaction-line.ts';
import { placesOf } from '../ports/transactions.ts';
import { type ProcessName, refuseSlashes, transactionalIdsOf } from './transactional-ids.ts';

export type { Share } from './share.ts';

/** A process: `service`, whose processes share these groups among them; `instance`, which no other has while this one lives. */
export interface CommitCyclesOptions extends ProcessName {
  readonly groups: readonly string[];
  /** Told what an operator has to do something about, though it stops nothing. */
  readonly report?: (error: Error) => void;
  readonly failpoint?: Failpoint;
}

const CLOSING_MS = 1_000;
/** Milliseconds after which positions are committed that can wait, of all lanes together. */
const LATER_MS = 250;

/**
 * The transactions of a process, one after the other. What all lanes of all its exactly-once groups have handled while one commits
 * goes together into the next: a transaction costs the same whatever is in it. A share that fails is found: those that the error
 * is not about go on in the next transaction, the others are tried apart. So are the shares of its lane until one of them is well.
 *
 * They have two transactional ids. Under the second one goes what is tried apart; and, while the first is held up, all that does not
 * need what it is held up by. What a lane has under one of them is a fact before anything of it goes under the other.
 */
export class CommitCycles {
  private readonly clock: Clock;
  private readonly queue = new ShareQueue();
  private readonly first: TransactionLine;
  private readonly second: TransactionLine;
  private readonly running = new Map<TransactionLine, Promise<void>>();
  private readonly heartbeats: Heartbeats;
  private readonly abandoned: AbandonedTransactions;
  /** The second id's requests do not wait for those of the first. */
  private readonly beside: Cluster;
  private readonly report: (error: Error) => void;
  /** Codes of what keeps an id from being fenced, as they were said. */
  private readonly unfenced = new Map<TransactionLine, string>();
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private cancelWaiting: (() => void) | undefined;

  constructor(cluster: Cluster, options: CommitCyclesOptions) {
    refuseSlashes(options);
    const { clock } = cluster;
    const { failpoint, report = () => undefined } = options;
    const events = {
      settled: (pending: PendingShare) => {
        this.queue.acquit(pending);
        this.goOn();
      },
      late: () => this.goOn(),
    };
    this.beside = cluster.apart('beside');
    const [first, second] = transactionalIdsOf(options).map((transactionalId, at) => {
      const own = at === 0 ? cluster : this.beside;
      const producer = own.producer({ transactionalId, ...(failpoint && { failpoint }) });
      return new TransactionLine(own.log, transactionalId, producer, events);
    });
    this.clock = clock;
    this.report = report;
    this.first = first as TransactionLine;
    this.second = second as TransactionLine;
    this.heartbeats = new Heartbeats(clock);
    this.abandoned = new AbandonedTransactions(cluster, options, this.stopping.signal, report);
  }

  /**
   * An assignment waits while a transaction of an earlier owner is open; others may wait for it, too. Where its process is gone, this
   * one ends it.
   */
  assigning<T>(assignment: () => Promise<T>): Promise<T> {
    return this.abandoned.during(assignment);
  }

  /**
   * Resolves when nothing is open that an earlier process of this name has left, or it is decided how that ends. To be called after
   * a heartbeat, and before positions are read.
   */
  ready(signal: AbortSignal): Promise<void> {
    return unlessAborted(this.eitherFenced(), signal);
  }

  /** Ends what a process of the version before has left open, which had an id for each of its partitions. */
  expel(formerId: string): Promise<void> {
    return this.abandoned.expel(formerId);
  }

  /**
   * Resolves when the share is a fact: its transaction is committed, and its markers are written. Answers where its records stand.
   * Throws what its own lane is to blame for, or what nobody knows the outcome of.
   */
  commit(share: Share): Promise<BaseOffsets> {
    return new Promise((resolve, reject) => {
      this.heartbeats.remember(share);
      this.queue.add({ share, resolve, reject });
      this.goOn();
    });
  }

  /** Calls back within a quarter of a second, together with all others that can wait: one timer, however many they are. */
  later(callback: () => void): void {
    this.waiting.add(callback);
    this.cancelWaiting ??= this.clock.timer(LATER_MS, () => {
      const all = [...this.waiting];
      this.waiting.clear();
      this.cancelWaiting = undefined;
      for (const each of all) each();
    });
  }

  /** What is under way may end; nothing follows. Resolves within a second. Never throws. */
  async close(): Promise<void> {
    this.stopping.abort(stopped());
    this.cancelWaiting?.();
    const ending = this.lines.map(async (line) => {
      await this.running.get(line);
      await line.abandon();
    });
    this.refuseAll();
    const ended = Promise.all(ending).then(() => this.beside.close());
    await within(this.clock, CLOSING_MS, ended);
  }

  private get lines(): readonly [TransactionLine, TransactionLine] {
    return [this.first, this.second];
  }

  /** Of an id that cannot end what it had open nobody waits for long: how that ends is decided, and positions are read when they are stable. */
  private async eitherFenced(): Promise<void> {
    const fences = this.lines.map((line) => this.fence(line));
    await Promise.any(fences).catch(() => fences[0]);
    const waited = this.lines.map((line, at) =>
      within(this.clock, Math.max(0, line.patienceMs), fences[at] as Promise<void>),
    );
    await Promise.all(waited);
  }

  private goOn(): void {
    for (const line of this.lines) {
      // What is queued may wait for a place in which it is stuck, and for nobody else.
      const hasToDo = this.nextOf(line).length > 0 || (line.isStuck && !this.queue.isEmpty);
      if (this.running.has(line) || !hasToDo) continue;
      // Whatever has happened to it, another one may begin.
      const run = this.run(line).finally(() => this.running.delete(line));
      this.running.set(line, run);
      void run.then(() => this.goOn());
    }
  }

  private async run(line: TransactionLine): Promise<void> {
    await line.rested();
    if (this.stopping.signal.aborted) return this.refuseAll();
    if (!line.isFenced && !(await this.isFenced(line))) return;
    const cycle = this.nextOf(line);
    if (cycle.length === 0) return;
    this.queue.take(cycle);
    try {
      const failure = await line.commit(cycle);
      if (failure) this.undone(cycle, failure);
    } catch (error) {
      // Whoever waits for an answer gets one, whatever has happened.
      refuse(cycle, error as Error);
    }
  }

  /** Nothing follows any more. */
  private refuseAll(): void {
    const left = this.queue.takeAll(() => true);
    refuse(left, stopped());
  }

  private otherOf(line: TransactionLine): TransactionLine {
    return line === this.first ? this.second : this.first;
  }

  /** What may go into the next transaction of this id. */
  private nextOf(line: TransactionLine): readonly PendingShare[] {
    const other = this.otherOf(line);
    const held = other.isLate || other.isStuck ? other.open : NOWHERE;
    const mayGo = (share: Share) => !other.has(share) && !placesOf(share).some((place) => held.has(place));
    // The first one takes what is unwell only while the second cannot even begin.
    const forBoth = other.isLate && (line === this.second || !other.isFenced);
    if (forBoth) return this.queue.inTurn(mayGo);
    return line === this.first ? this.queue.together(mayGo) : this.queue.alone(mayGo);
  }

  /** Nothing of it is committed; or nobody knows, and only the positions tell. */
  private undone(cycle: readonly PendingShare[], error: Error): void {
    if (error instanceof CommitUnknown || error instanceof ProducerFenced) return refuse(cycle, error);
    const shares = cycle.map(({ share }) => share);
    const named = blamed(shares, error);
    const guilty = new Set(named ?? shares);
    const others = cycle.filter(({ share }) => !guilty.has(share));
    const suspects = cycle.filter(({ share }) => guilty.has(share));
    this.queue.giveBack(others);
    if (suspects.length > 1 && mayBeOne(error)) return this.queue.halve(suspects);
    // What is said of nobody, or of all, is no lane's own.
    const isNamed = named !== undefined && (others.length > 0 || cycle.length === 1);
    if (isOwn(error, isNamed)) for (const suspect of suspects) this.queue.blame(suspect);
    refuse(suspects, error);
  }

  /** While it is being fenced nothing is in its hands: the other id may take it. */
  private async isFenced(line: TransactionLine): Promise<boolean> {
    try {
      await this.fence(line);
      return true;
    } catch (error) {
      const waiting = this.otherOf(line).isUsable ? [] : this.nextOf(line);
      this.queue.take(waiting);
      const needsIt = (share: Share) => placesOf(share).some((place) => line.open.has(place));
      refuse([...waiting, ...this.queue.takeAll(needsIt)], error as Error);
      return false;
    }
  }

  private async fence(line: TransactionLine): Promise<void> {
    try {
      await line.fence(() => this.confirmed(), this.stopping.signal);
      this.unfenced.delete(line);
      // What has waited for its places may go, whoever has asked for the epoch.
      this.goOn();
    } catch (error) {
      this.mention(line, error as LogError);
      throw error;
    }
  }

  /** While one id is well nobody would hear that the other cannot be had, until it is needed. */
  private mention(line: TransactionLine, error: LogError): void {
    if (error.retryable || this.stopping.signal.aborted || this.unfenced.get(line) === error.code) return;
    this.unfenced.set(line, error.code);
    this.report(error);
  }

  /** No epoch without a heartbeat in each group. Lanes of those in which there was none begin anew. */
  private async confirmed(): Promise<void> {
    const { well, refusals } = await this.heartbeats.ask();
    for (const [group, error] of refusals)
      refuse(
        this.queue.takeAll(({ position }) => position.group === group),
        error,
      );
    for (const { share, reject } of this.queue.takeAll((each) => !this.heartbeats.knows(each)))
      reject(new PartitionLost(share.position.topic, share.position.partition));
    const [refusal] = refusals.values();
    if (well === 0 && refusal) throw refusal;
  }
}

const NOWHERE: ReadonlySet<string> = new Set();

const stopped = () => new LogError('STOPPED', 'The process is stopping', { retryable: false });

function refuse(pending: readonly PendingShare[], error: Error): void {
  for (const { reject } of pending) reject(error);
}

import type { Received } from '../domain/index.ts';
import { classify, outageOf } from '../failures/classification.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { partitionKey } from '../log/partitions.ts';
import type { Clock } from '../time/clock.ts';
import { withTimeout } from '../time/waiting.ts';
import { type AnyDatabase, type AnyTransaction, type Move, movePositions } from './positions-table.ts';
import { projectInRuns, type ProjectionParts } from './projected-records.ts';

/** What one partition has to write, and how its position moves with it. */
export interface RowShare extends Move {
  readonly events: readonly Received[];
  /** Throws when the run that has handed it in was given up meanwhile. */
  readonly handled: () => void;
  /** Writes it in a transaction of its own. */
  readonly alone: () => Promise<void>;
}

export interface RowCyclesOptions extends Pick<ProjectionParts, 'projectors' | 'failures'> {
  readonly clock: Clock;
  readonly database: AnyDatabase;
  /** Where the library's tables are. */
  readonly schema: string;
  /** The projection's group. */
  readonly projection: string;
  readonly failpoint?: Failpoint;
}

interface Waiting {
  readonly share: RowShare;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds between the end of one transaction and the begin of the next: as long as it took, within these. */
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 100;
/** So many events are not kept waiting for more: a transaction costs them next to nothing. */
const ENOUGH_EVENTS = 1_000;
/** Events in one transaction at most: while it commits, those of the next one are decoded. */
const MOST_EVENTS = 2_000;
/** Nobody waits long for what holds up another's share: it is tried apart then, where it may wait as long as it has to. */
const LIMITS = { lockMs: 1_000, idleMs: 5_000 };
/** Milliseconds to write everything in: by then Postgres has ended a transaction in which nothing happens any more. */
const WRITTEN_MS = 6_000;

/** About rows that others hold, and not about the server: SQLSTATEs of serialisation, deadlocks and lock timeouts. */
const CONTENTION = /^(40...|55P03)$/;

/**
 * The transactions of one projection in one process, one after the other. What all its partitions have to write while one commits
 * goes together into the next, with one statement for all events of a kind. Whose position another has moved, or holds, is left
 * out. When the transaction fails otherwise each share gets one of its own, beside those that follow: who is to blame hears so there.
 */
export class RowCycles {
  private readonly options: RowCyclesOptions;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private nextAt = -Infinity;
  private enough: (() => void) | undefined;

  constructor(options: RowCyclesOptions) {
    this.options = options;
  }

  /** Resolves when rows and position are committed. Throws what its own partition is to blame for, or an outage. */
  commit(share: RowShare): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ share, resolve, reject });
      if (this.isEnough) this.enough?.();
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    const { clock } = this.options;
    while (this.waiting.length > 0) {
      await this.rest();
      const began = clock.elapsed();
      await this.settle(this.take());
      const ended = clock.elapsed();
      this.nextAt = ended + Math.min(Math.max(ended - began, SHORTEST_REST_MS), LONGEST_REST_MS);
    }
    this.running = undefined;
  }

  private async rest(): Promise<void> {
    const { clock } = this.options;
    const ms = this.nextAt - clock.elapsed();
    if (ms <= 0 || this.isEnough) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.timer(ms, resolve);
    this.enough = resolve;
    await promise;
    this.enough = undefined;
    cancel();
  }

  private get isEnough(): boolean {
    return this.waiting.reduce((sum, { share }) => sum + share.events.length, 0) >= ENOUGH_EVENTS;
  }

  /** One of each partition: a run that was given up may have left one behind. */
  private take(): readonly Waiting[] {
    const taken = new Map<string, Waiting>();
    let events = 0;
    for (const each of this.waiting) {
      const { topic, partition, events: own } = each.share;
      const at = partitionKey(topic, partition);
      const fits = taken.size === 0 || events + own.length <= MOST_EVENTS;
      if (!fits || taken.has(at)) continue;
      events += own.length;
      taken.set(at, each);
    }
    const cycle = new Set(taken.values());
    this.waiting = this.waiting.filter((each) => !cycle.has(each));
    return [...cycle];
  }

  /** Never throws. What goes apart is not waited for. */
  private async settle(cycle: readonly Waiting[]): Promise<void> {
    const refused = new Map<Waiting, unknown>();
    let failure: unknown;
    try {
      await this.transact(cycle, refused);
    } catch (error) {
      failure = error;
    }
    for (const [{ reject }, error] of refused) reject(error);
    const others = cycle.filter((each) => !refused.has(each));
    if (others.length === 0) return;
    // Found out when all rows were written: without those they are well.
    if ([...refused.values()].includes(failure)) return this.settle(others);
    for (const each of others) this.answer(each, failure);
  }

  private answer({ share, resolve, reject }: Waiting, failure: unknown): void {
    if (failure === undefined) resolve();
    else if (this.isOutage(failure)) reject(outageOf(failure, this.options.failures.errors));
    else share.alone().then(resolve, reject);
  }

  private isOutage(failure: unknown): boolean {
    const { otherwise, errors } = this.options.failures;
    const { code } = failure as { readonly code?: unknown };
    return classify(failure, otherwise, errors) === 'unavailable' && !CONTENTION.test(String(code));
  }

  /** Rows of all, and their positions: all of it or nothing, but for shares that are `refused`. */
  private async transact(cycle: readonly Waiting[], refused: Map<Waiting, unknown>): Promise<void> {
    const { clock, database, failpoint } = this.options;
    const written = Promise.withResolvers<void>();
    const writing = async (late: AbortSignal) => {
      await database.transaction().execute(async (rows) => {
        const owned = await this.write(cycle, refused, rows);
        // The shares are somebody else's by now. It ends here, and not before: what a statement has begun cannot be called back.
        late.throwIfAborted();
        written.resolve();
        refuseGivenUp(owned, refused);
        await failpoint?.('before-rows-commit');
      });
      await failpoint?.('after-rows-commit');
    };
    let committed = Promise.resolve();
    await withTimeout(clock, WRITTEN_MS, (late) => {
      committed = writing(late);
      return Promise.race([written.promise, committed]);
    });
    await committed;
  }

  /** Answers those whose rows were written. */
  private async write(
    cycle: readonly Waiting[],
    refused: Map<Waiting, unknown>,
    rows: AnyTransaction,
  ): Promise<readonly Waiting[]> {
    const moves = cycle.map(({ share }) => share);
    const refusals = await movePositions(rows, this.options, moves, LIMITS);
    for (const [index, each] of cycle.entries()) if (refusals[index]) refused.set(each, refusals[index]);
    const owned = cycle.filter((each) => !refused.has(each));
    const events = owned.flatMap(({ share }) => share.events);
    await projectInRuns(this.options.projectors, events, rows);
    return owned;
  }
}

/** Throws why a run was given up whose rows would be committed with those of others. */
function refuseGivenUp(owned: readonly Waiting[], refused: Map<Waiting, unknown>): void {
  const late: unknown[] = [];
  for (const each of owned)
    try {
      each.share.handled();
    } catch (error) {
      late.push(error);
      refused.set(each, error);
    }
  if (late.length > 0) throw late[0];
}

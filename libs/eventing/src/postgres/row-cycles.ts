import type { Received } from '../domain/index.ts';
import { classify, outageOf } from '../failures/classification.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { partitionKey } from '../log/partitions.ts';
import type { Clock } from '../time/clock.ts';
import { sleepUntil, withTimeout } from '../time/waiting.ts';
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
/** Events of one transaction at most. So many do not wait for more, nor for another transaction: what it costs them is next to nothing. */
const FULL_EVENTS = 1_000;
/** Transactions beside each other: more would keep connections from other projections. */
const AT_ONCE = 3;
/** Nobody waits long for what holds up another's share: it is tried apart then, where it may wait as long as it has to. */
const LIMITS = { lockMs: 1_000, idleMs: 5_000 };
/** Milliseconds to write everything in: by then Postgres has ended a transaction in which nothing happens any more. */
const WRITTEN_MS = 10_000;
/** Milliseconds for the server to answer a COMMIT. Whether it has taken place the positions tell, when each share is tried apart. */
const COMMITTED_MS = 10_000;

/** About rows that others hold, and not about the server: SQLSTATEs of serialisation, deadlocks and lock timeouts. */
const CONTENTION = /^(40...|55P03)$/;

/**
 * The transactions of one projection in one process. What all its partitions have to write while one commits goes together into the
 * next, with one statement for all events of a kind; only a backlog does not wait for that. Whose position another has moved, or
 * holds, is left out. When a transaction fails otherwise each share gets one of its own, beside those that follow: who is to blame
 * hears so there.
 */
export class RowCycles {
  private readonly options: RowCyclesOptions;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private nextAt = -Infinity;
  private underWay = 0;

  constructor(options: RowCyclesOptions) {
    this.options = options;
  }

  /** Resolves when rows and position are committed. Throws what its own partition is to blame for, or an outage. */
  commit(share: RowShare): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ share, resolve, reject });
      if (this.isFull && this.underWay < AT_ONCE) void this.cycle();
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    const { clock } = this.options;
    while (this.waiting.length > 0) {
      await sleepUntil(clock, this.nextAt);
      const began = clock.elapsed();
      await this.cycle();
      const ended = clock.elapsed();
      this.nextAt = ended + Math.min(Math.max(ended - began, SHORTEST_REST_MS), LONGEST_REST_MS);
    }
    this.running = undefined;
  }

  private async cycle(): Promise<void> {
    this.underWay++;
    await this.settle(this.take());
    this.underWay--;
  }

  private get isFull(): boolean {
    return this.waiting.reduce((sum, { share }) => sum + share.events.length, 0) >= FULL_EVENTS;
  }

  /** One of each partition: a run that was given up may have left one behind. */
  private take(): readonly Waiting[] {
    const taken = new Map<string, Waiting>();
    let events = 0;
    for (const each of this.waiting) {
      const { topic, partition, events: own } = each.share;
      const at = partitionKey(topic, partition);
      const fits = taken.size === 0 || events + own.length <= FULL_EVENTS;
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
    if (cycle.length === 0) return;
    const refused = new Map<Waiting, unknown>();
    let failure: unknown;
    const { clock } = this.options;
    const began = clock.elapsed();
    try {
      await this.transact(cycle, refused);
    } catch (error) {
      failure = error;
    }
    for (const [{ reject }, error] of refused) reject(error);
    const others = cycle.filter((each) => !refused.has(each));
    // Found out when all rows were written: without those they are well.
    if ([...refused.values()].includes(failure)) return this.settle(others);
    // Postgres ends a transaction in which nothing happens for so long: a projector was slow, and the server is well.
    const wasIdle = clock.elapsed() - began >= LIMITS.idleMs;
    for (const each of others) this.answer(each, failure, wasIdle);
  }

  private answer({ share, resolve, reject }: Waiting, failure: unknown, wasIdle: boolean): void {
    if (failure === undefined) resolve();
    else if (!wasIdle && this.isOutage(failure)) reject(outageOf(failure, this.options.failures.errors));
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
    await withTimeout(clock, COMMITTED_MS, () => committed);
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

import type { Clock, Random } from '../time/clock.ts';
import { systemClock } from '../time/system-clock.ts';
import { refuseNaN } from '../time/waiting.ts';

interface Timer {
  /** Milliseconds of `elapsed`. */
  readonly due: number;
  readonly ring: () => void;
}

interface Outside {
  readonly ended: Promise<unknown>;
  readonly goOn: () => void;
}

/**
 * Simulated time. It goes from one timer to the next, in the order in which they are due, so that an hour takes no
 * longer than what happens in it; among those that are due at the same moment it draws, as on a machine either could be
 * first; and only while somebody has it go on (`run`, `step`), so that what happens does not depend on how fast this
 * machine is.
 *
 * It goes on only when nothing is under way. Whatever the engine does until its next timer are promises: a cluster in memory
 * answers without waiting, LMDB's transactions, Avro and hashes are synchronous. These have all been run when Node comes back to
 * its event loop (`setImmediate`). The only work that takes turns of the loop is a disk's that closes: `during` counts it, and
 * gives the results back one by one, in the order in which it was begun. A handler that truly waits for something outside has to
 * say so in the same way.
 */
export class VirtualClock implements Clock {
  private readonly start: number;
  private readonly random: Random;
  private time = 0;
  /** By their due times; those of one time in the order in which they were set. */
  private readonly timers: Timer[] = [];
  private outside: Outside[] = [];
  private last: Promise<unknown> = Promise.resolve();

  /** `start`: milliseconds since 1970-01-01 UTC. `random`: draws which of several timers is next; the one that was set first unless given. */
  constructor(start = Date.UTC(2026, 0, 1), random: Random = () => 0) {
    this.start = start;
    this.random = random;
  }

  now(): number {
    return this.start + this.time;
  }

  elapsed(): number {
    return this.time;
  }

  timer(ms: number, ring: () => void): () => void {
    refuseNaN(ms);
    const timer = { due: this.time + Math.max(0, ms), ring };
    if (timer.due < Infinity) this.timers.splice(this.placeOf(timer.due), 0, timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  during<T>(work: Promise<T>): Promise<T> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.outside.push({ ended: work.catch(() => undefined), goOn: resolve });
    return ended.then(() => work);
  }

  /** Has time go on until the work has ended. Throws when nothing will ever happen that could end it. */
  async run<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = () => void (over = true);
    work.then(end, end);
    for (await this.quiet(); !over;) await this.step();
    return work;
  }

  /** Goes on to the next timer, and waits for all that follows from it. Several who call have one step each. */
  step(): Promise<void> {
    return this.inTurn(() => this.goOn());
  }

  private quiet(): Promise<void> {
    return this.inTurn(() => this.settle());
  }

  private inTurn(what: () => Promise<void>): Promise<void> {
    const turn = this.last.then(what);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async goOn(): Promise<void> {
    await this.settle();
    const timer = this.next();
    // eslint-disable-next-line no-restricted-syntax -- a specification that waits for nothing
    if (!timer) throw new Error('Nothing is under way and no timer is set: it will never happen');
    this.time = Math.max(this.time, timer.due);
    timer.ring();
    await this.settle();
  }

  /** One of those that are due first. */
  private next(): Timer | undefined {
    const [first] = this.timers;
    if (!first) return undefined;
    const drawn = Math.floor(this.random() * this.placeOf(first.due));
    return this.timers.splice(drawn, 1)[0];
  }

  private async settle(): Promise<void> {
    await eventLoop();
    while (this.outside.length > 0) {
      const all = this.outside;
      this.outside = [];
      for (const { ended, goOn } of all) {
        await ended;
        goOn();
        await eventLoop();
      }
    }
  }

  /** Where a timer of this time comes in: after all that are due no later. */
  private placeOf(due: number): number {
    let [from, to] = [0, this.timers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.timers[middle] as Timer).due <= due) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const eventLoop = () => new Promise<void>((resolve) => void systemClock.timer(0, resolve));

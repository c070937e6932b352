import { LogError } from '../../log/errors.ts';
import type { Clock } from '../../time/clock.ts';

/** A handler that has not come to an end in time. What it may still answer is thrown away. */
export class HandlerStuck extends LogError {
  /** `where`: group, topic-partition and offset. */
  constructor(where: string, ms: number) {
    super(
      'HANDLER_STUCK',
      `The handler of ${where} has not finished within ${ms} ms: look for a call in it that never returns`,
      { retryable: true, fields: { where, ms } },
    );
  }
}

/**
 * One batch in the hands of its handler. JavaScript cannot interrupt a handler that never returns: when the turn
 * is given up its caller goes on at once, and the late answer meets an error where it would have been published.
 * (A handler that loops without ever awaiting stops the timer of the turn as well. It stops the heartbeats too:
 * the session ends, the group gives the partitions to others, and the broker refuses whatever comes afterwards.)
 */
export class Turn {
  private phase: 'handling' | 'handled' | 'over' = 'handling';
  private reason: Error | undefined;
  private readonly end = Promise.withResolvers<never>();
  private readonly stopTimer: () => void;

  /** `late` makes the error with which the turn is given up after so many milliseconds; Infinity is no limit. */
  constructor(clock: Clock, ms: number, late: () => Error) {
    // A turn that is given up after it has ended concerns nobody.
    this.end.promise.catch(() => undefined);
    this.stopTimer = clock.timer(ms, () => this.giveUp(late()));
  }

  /** What the work answers; throws the reason when the turn is given up first. */
  async run<T>(work: (handled: () => void) => Promise<T>): Promise<T> {
    try {
      return await Promise.race([work(() => this.handled()), this.end.promise]);
    } finally {
      this.stopTimer();
    }
  }

  /** Ends the handler's time. Once it has answered this changes nothing: what is being committed is left to end. */
  giveUp(reason: Error): void {
    if (this.phase !== 'handling') return;
    this.phase = 'over';
    this.reason = reason;
    this.end.reject(reason);
  }

  /** The handler has answered: time does not count from here on. Throws when the answer came too late. */
  private handled(): void {
    this.stopTimer();
    if (this.reason) throw this.reason;
    this.phase = 'handled';
  }
}

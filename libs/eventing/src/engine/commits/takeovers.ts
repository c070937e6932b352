import { LogError } from '../../log/errors.ts';
import type { Clock } from '../../time/clock.ts';

/** Milliseconds of a member's session, unless it asks for another: within it, one process finds out that it was replaced. */
const SESSION_MS = 10_000;

/**
 * How often a transactional id was taken over. Once is a process that was away. Twice within a session are two of one name, which would
 * do so in turn for ever: then no new epoch is taken for as long as a session, and whoever asks for one hears why.
 */
export class Takeovers {
  private readonly clock: Clock;
  private readonly transactionalId: string;
  private last = -Infinity;
  private until = -Infinity;

  constructor(clock: Clock, transactionalId: string) {
    this.clock = clock;
    this.transactionalId = transactionalId;
  }

  /** To be called for each fence that is met. */
  met(): void {
    const now = this.clock.elapsed();
    if (now - this.last < SESSION_MS) this.until = now + SESSION_MS;
    this.last = now;
  }

  /** Throws LogError while no epoch may be taken. */
  refuse(): void {
    const ms = Math.ceil(this.until - this.clock.elapsed());
    if (ms <= 0) return;
    const { transactionalId } = this;
    const message = `${transactionalId} was taken over twice within ${SESSION_MS} ms, and is not used for ${ms} ms: give each process a SERVICE_INSTANCE of its own`;
    throw new LogError('TAKEN_OVER_AGAIN', message, { retryable: false, fields: { transactionalId, ms } });
  }
}

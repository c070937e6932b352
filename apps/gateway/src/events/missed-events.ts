import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderHistoryPipeline } from '../read-model/barrier.ts';
import { PositionsQueries } from '../read-model/positions.queries.ts';
import { type CommittedEvent, offsetBehind } from './committed-event.ts';
import { EventLogQueries } from './event-log.queries.ts';
import { LogVector } from './log-vector.ts';
import { RecentEvents } from './recent-events.ts';

const pageSize = 500;
const giveUpAfterMs = 5_000;
const lookEveryMs = 50;

/** What a reader missed while it was away, from Postgres. */
@Injectable()
export class MissedEvents {
  private readonly logger = new Logger(MissedEvents.name);

  constructor(
    private readonly log: EventLogQueries,
    private readonly positions: PositionsQueries,
    private readonly recent: RecentEvents,
  ) {}

  /**
   * Pages of events, each partition in its order, until the events that are held in memory continue them. The
   * vector moves with what was found; where it stays behind, the events are not to be had.
   */
  async *since(vector: LogVector, signal: AbortSignal): AsyncGenerator<CommittedEvent[]> {
    let deadline = Date.now() + giveUpAfterMs;
    try {
      while (this.isBehind(vector) && Date.now() < deadline && !signal.aborted) {
        let found = false;
        for await (const page of this.pages(vector)) {
          found = true;
          yield page;
        }
        if (found) deadline = Date.now() + giveUpAfterMs;
        else if (this.isBehind(vector)) await sleep(lookEveryMs);
      }
    } catch (error) {
      this.logger.warn(`The history of events cannot be read`, error);
    }
  }

  private isBehind(vector: LogVector): boolean {
    return vector.positions.some((position) => position.offset < this.recent.completeFrom(position));
  }

  /** One page at most of each partition that is behind. */
  private async *pages(vector: LogVector): AsyncGenerator<CommittedEvent[]> {
    for (const { topic, partition, offset } of vector.positions) {
      const to = this.recent.completeFrom({ topic, partition });
      if (offset >= to) continue;
      // Asked first: whatever stands before it can be read afterwards.
      const written = await this.positions.next(orderHistoryPipeline.projection, topic, partition);
      const page = await this.log.page(topic, partition, offset, to, pageSize);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      const ends = [offset, last ? offsetBehind(last) : 0n];
      if (page.length < pageSize) ends.push(written < to ? written : to);
      vector.moveTo({ topic, partition, offset: ends.reduce((a, b) => (a > b ? a : b)) });
    }
  }
}

import { stringifyExactly } from '@atelier/contracts';
import { LogPositions } from '@atelier/eventing';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { malformed } from '../problem/problem.ts';
import { committedEvent, type CommittedEvent, offsetBehind, shownWas } from './committed-event.ts';
import type { LogVector } from './log-vector.ts';
import { MissedEvents } from './missed-events.ts';
import { RecentEvents } from './recent-events.ts';

const heartbeatMs = 15_000;
const eventsInChunk = 100;

/** Every domain event as it is committed, as server-sent events. */
@Injectable()
export class EventStream implements OnModuleDestroy {
  private readonly shutdown = new AbortController();

  constructor(
    private readonly recent: RecentEvents,
    private readonly missed: MissedEvents,
    private readonly logs: LogPositions,
  ) {}

  onModuleDestroy(): void {
    this.shutdown.abort();
  }

  /** Begins where the reader was, or now. Refuses a place that the logs have not come to. */
  async open(seen: LogVector | undefined, gone: AbortSignal): Promise<AsyncGenerator<string>> {
    const now = this.recent.position();
    for (const { topic, partition, offset } of seen?.positions ?? []) {
      const ahead = offset > now.offsetIn({ topic, partition });
      if (ahead && offset > (await this.logs.end(topic, partition))) {
        throw malformed('Last-Event-ID is not of this log', { header: 'Last-Event-ID' });
      }
    }
    return this.chunks(seen ?? now, AbortSignal.any([gone, this.shutdown.signal]));
  }

  private async *chunks(vector: LogVector, signal: AbortSignal): AsyncGenerator<string> {
    yield `retry: 1000\nid: ${vector}\n\n`;
    for await (const page of this.missed.since(vector, signal)) yield written(page, vector);
    let number = 0;
    while (!signal.aborted) {
      const gap = this.gap(vector);
      if (gap) yield gap;
      number = Math.max(number, this.recent.oldest);
      const end = Math.min(number + eventsInChunk, this.recent.next);
      const chunk = written(this.unseen(number, end, vector), vector);
      if (chunk) yield chunk;
      else if (end === this.recent.next && !(await this.arrival(end, signal))) yield ': heartbeat\n\n';
      number = end;
    }
  }

  /** Where the reader lost events, if it did. It goes on after them. */
  private gap(vector: LogVector): string | undefined {
    const ranges = vector.positions.flatMap(({ topic, partition, offset: from }) => {
      const to = this.recent.completeFrom({ topic, partition });
      if (from >= to) return [];
      vector.moveTo({ topic, partition, offset: to });
      return [{ topic, partition, from, to }];
    });
    return ranges.length > 0 ? sse('gap', vector, { ranges }) : undefined;
  }

  private unseen(from: number, to: number, vector: LogVector): CommittedEvent[] {
    const events = Array.from({ length: to - from }, (_, index) => this.recent.at(from + index));
    return events
      .filter((logged) => logged !== undefined)
      .filter((logged) => logged.offset >= vector.offsetIn(logged))
      .map(committedEvent);
  }

  /** False if nothing came for so long that the connection needs a sign of life. */
  private async arrival(number: number, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const wake = () => resolve(true);
    const stopListening = this.recent.onArrival(wake);
    const timer = setTimeout(() => resolve(false), heartbeatMs);
    signal.addEventListener('abort', wake);
    if (signal.aborted || this.recent.next > number) wake();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', wake);
    }
  }
}

/** Moves the vector along: each event's id is the place after it. */
function written(events: readonly CommittedEvent[], vector: LogVector): string {
  return events
    .map((event) => {
      const { id, type, time, subject, version, topic, partition, offset, data } = event;
      vector.moveTo({ topic, partition, offset: offsetBehind(event) });
      const shown = { id, type, time, subject, version, topic, partition, offset, data, ...shownWas(event) };
      return sse(type, vector, shown);
    })
    .join('');
}

const sse = (event: string, id: LogVector, data: unknown) =>
  `event: ${event}\nid: ${id}\ndata: ${stringifyExactly(data)}\n\n`;

import { Injectable } from '@nestjs/common';
import type { DependencyOutages } from '../failures/outages.ts';
import type { GroupConsumer } from '../engine/group-consumer.ts';
import type { HeldBack } from '../engine/worker/partition-feed.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';
import { EventingHealth, type HealthReport } from './ports.ts';

type Detail = HealthReport['details'][string];

interface TailHealth {
  readonly heldBack: () => readonly HeldBack[];
  readonly silentMs: () => number;
  readonly trouble: () => string | undefined;
}

/** Ready when every consumer has joined its group and every assigned partition is worked on, and the schemas are known. */
@Injectable()
export class EngineHealth extends EventingHealth {
  private readonly open: OpenTransactionWatch;
  private consumers: readonly GroupConsumer[] = [];
  private outages: Pick<DependencyOutages, 'down'> | undefined;
  private startup: string | undefined = 'the transport has not started';
  private tail: TailHealth | undefined;
  private topics: () => Detail | undefined = () => undefined;

  constructor(open: OpenTransactionWatch) {
    super();
    this.open = open;
  }

  starting(reason: string): void {
    this.startup = reason;
  }

  /** `outages`: the dependencies that are down, of which each is named apart from the groups that wait for it. */
  watch(consumers: readonly GroupConsumer[], outages?: Pick<DependencyOutages, 'down'>): void {
    this.startup = undefined;
    this.consumers = consumers;
    this.outages = outages;
  }

  /**
   * `silentMs`: how long the brokers have not answered the tail of the events topics. `trouble`: what failed in it
   * and is started again. `heldBack`: what open transactions keep from it.
   */
  watchTail(tail: TailHealth): void {
    this.tail = tail;
  }

  /** What is to be told of topics that are not as the catalogue has them. */
  watchTopics(detail: () => Detail | undefined): void {
    this.topics = detail;
  }

  override report(): HealthReport {
    const details: Record<string, Detail> = {};
    details['eventing'] = this.startup ? { status: 'down', reason: this.startup } : { status: 'up' };
    const topics = this.topics();
    if (topics) details['topics'] = topics;
    if (this.tail) details['event tail'] = this.tailDetail(this.tail);
    for (const [name, reason] of this.outages?.down ?? []) details[name] = { status: 'down', reason };
    for (const consumer of this.consumers) details[consumer.options.group] = this.detailOf(consumer);
    return { ready: Object.values(details).every(({ status }) => status === 'up'), details };
  }

  private tailDetail({ silentMs, trouble, heldBack }: TailHealth): Detail {
    const silent = silence(silentMs());
    if (silent) return silent;
    const reason = trouble();
    if (reason !== undefined) return { status: 'down', reason };
    return this.heldBack(heldBack()) ?? { status: 'up' };
  }

  private detailOf({ status }: GroupConsumer): Detail {
    const { joined, trouble, heldBack } = status;
    if (!joined) return { status: 'down', reason: `the group is not joined${trouble ? `: ${trouble}` : ''}` };
    const silent = silence(status.silentMs);
    if (silent) return silent;
    if (trouble !== undefined) return { status: 'down', reason: trouble };
    const troubled = [...status.workers].filter(([, worker]) => worker.state !== 'running');
    if (troubled.length === 0) return this.heldBack(heldBack) ?? noticed(status.notices);
    const reason = troubled
      .map(([key, { state, reason: why }]) => `${key} ${state}${why ? `: ${why}` : ''}`)
      .join('; ');
    return { status: 'down', reason };
  }

  /** Somebody's open transaction: nothing that this process could end, and nothing comes through meanwhile. */
  private heldBack(held: readonly HeldBack[]): Detail | undefined {
    const reasons = held.map((each) => this.open.reason(each)).filter((reason) => reason !== undefined);
    return reasons.length > 0 ? { status: 'down', reason: reasons.join('; ') } : undefined;
  }
}

/** What stops nothing does not make a service unready, and is to be seen all the same. */
const noticed = (notices: readonly string[]): Detail =>
  notices.length > 0 ? { status: 'up', reason: notices.join('; ') } : { status: 'up' };

/** Milliseconds without an answer after which Kafka counts as away. */
const SILENT_MS = 4_000;

function silence(ms: number): Detail | undefined {
  if (ms < SILENT_MS) return undefined;
  return { status: 'down', reason: `Kafka has not answered for ${Math.round(ms / 1_000)} s` };
}

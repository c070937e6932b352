import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '@atelier/contracts';
import { SCHEMAS_TOPIC } from '@atelier/eventing/domain';
import type { Ledger } from '../load/ledger.ts';
import type { Poison } from '../load/poison.ts';
import { type DomainEvent, EventDecoder } from '../log/events.ts';
import { LogError } from '../log/log-error.ts';
import { LogReader } from '../log/log-reader.ts';
import type { LoggedRecord } from '../log/record-batch.ts';
import { outcomes } from './evidence.ts';

const isEvents = (topic: string) => topic.endsWith('.events');

/** Every topic of the platform, but for what deployments have written before anybody follows. */
export const watchedTopics = catalogue.topics
  .map(({ name }) => name)
  .filter((name) => name !== SCHEMAS_TOPIC);
const eventTopics = watchedTopics.filter(isEvents);
const otherTopics = watchedTopics.filter((topic) => !isEvents(topic));

/**
 * Follows every topic of the platform with the independent reader, and tells the ledger which orders are settled. Events are followed
 * by themselves: load that waits for them must not wait for another topic, of which a partition has no leader.
 */
export class LogWatch {
  readonly events: DomainEvent[] = [];
  /** Values are kept of events only. */
  readonly commands: LoggedRecord[] = [];
  readonly deadLetters: LoggedRecord[] = [];
  readonly reader: LogReader;
  private readonly decoder: EventDecoder;
  private readonly ledger: Ledger;
  private readonly poison: Poison;
  private readonly undecoded: LoggedRecord[] = [];
  private stopped = false;
  private readonly loops: Promise<unknown>;
  private failure: unknown;
  private readonly refreshing = new Map<readonly string[], Promise<void>>();

  constructor(bootstrap: string, registryUrl: string, ledger: Ledger, poison: Poison) {
    this.reader = new LogReader(bootstrap, {
      patienceMs: 180_000,
      withValues: (topic) => isEvents(topic) || topic.endsWith('.commands'),
    });
    this.decoder = new EventDecoder(registryUrl);
    this.ledger = ledger;
    this.poison = poison;
    this.loops = Promise.all([this.follow(eventTopics), this.follow(otherTopics)]);
  }

  /** Committed records so far. */
  get records(): number {
    return this.events.length + this.commands.length + this.deadLetters.length;
  }

  /** Everything that is committed by then was read when it resolves. Throws what ended the following, if it ended. */
  async catchUp(): Promise<void> {
    if (this.failure) throw this.failure;
    // In this order: what the one has read of the other's is decoded.
    await this.refresh(otherTopics);
    await this.refresh(eventTopics);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loops;
    this.reader.close();
  }

  private async follow(topics: readonly string[]): Promise<void> {
    for (; !this.stopped && !this.failure; await sleep(150))
      await this.refresh(topics).catch((error: unknown) => {
        // The registry may be away when a type is seen first: what was read is kept.
        if (!(error instanceof LogError && error.retryable)) this.failure = error;
      });
  }

  /** One of them at a time. */
  private refresh(topics: readonly string[]): Promise<void> {
    const before = this.refreshing.get(topics) ?? Promise.resolve();
    const refreshed = before.catch(() => undefined).then(() => this.refreshOnce(topics));
    this.refreshing.set(topics, refreshed);
    return refreshed;
  }

  private async refreshOnce(topics: readonly string[]): Promise<void> {
    await this.reader.refresh(topics, (record) => {
      if (!isEvents(record.topic)) this.keep(record);
      else this.undecoded.push({ ...record, value: record.value && Buffer.from(record.value) });
    });
    if (topics === eventTopics) await this.decode();
  }

  private async decode(): Promise<void> {
    const some = [...this.undecoded];
    const decoded = await this.decoder.decode(some);
    // Others may have come meanwhile.
    this.undecoded.splice(0, some.length);
    for (const event of decoded) {
      this.events.push(event);
      if (outcomes.has(event.type)) this.ledger.settle(event.subject, event.time);
    }
  }

  private keep(record: LoggedRecord): void {
    const seen = { ...record, value: null };
    if (record.topic.endsWith('.dlq')) this.deadLetters.push(seen);
    else {
      this.poison.learn(record);
      this.commands.push(seen);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '@atelier/contracts';
import type { Ledger } from '../load/ledger.ts';
import type { Poison } from '../load/poison.ts';
import { type DomainEvent, EventDecoder } from '../log/events.ts';
import { LogError } from '../log/log-error.ts';
import { LogReader } from '../log/log-reader.ts';
import type { LoggedRecord } from '../log/record-batch.ts';
import { outcomes } from './evidence.ts';

/** Every topic of the platform. */
export const watchedTopics = catalogue.topics.map(({ name }) => name);

/** Follows every topic of the platform with the independent reader, and tells the ledger which orders are settled. */
export class LogWatch {
  readonly events: DomainEvent[] = [];
  /** Values are kept of events only. */
  readonly commands: LoggedRecord[] = [];
  readonly deadLetters: LoggedRecord[] = [];
  readonly reader: LogReader;
  private readonly decoder: EventDecoder;
  private readonly ledger: Ledger;
  private readonly poison: Poison;
  private undecoded: LoggedRecord[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;
  private failure: unknown;
  private refreshing: Promise<void> = Promise.resolve();

  constructor(bootstrap: string, registryUrl: string, ledger: Ledger, poison: Poison) {
    this.reader = new LogReader(bootstrap, {
      patienceMs: 180_000,
      withValues: (topic) => isEvents(topic) || topic.endsWith('.commands'),
    });
    this.decoder = new EventDecoder(registryUrl);
    this.ledger = ledger;
    this.poison = poison;
    this.loop = this.follow();
  }

  /** Committed records so far. */
  get records(): number {
    return this.events.length + this.commands.length + this.deadLetters.length;
  }

  /** Everything that is committed by then was read when it resolves. Throws what ended the following, if it ended. */
  async catchUp(): Promise<void> {
    if (this.failure) throw this.failure;
    await this.refresh();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    this.reader.close();
  }

  private async follow(): Promise<void> {
    for (; !this.stopped && !this.failure; await sleep(150))
      await this.refresh().catch((error: unknown) => {
        // The registry may be away when a type is seen first: what was read is kept.
        if (!(error instanceof LogError && error.retryable)) this.failure = error;
      });
  }

  /** One at a time. */
  private refresh(): Promise<void> {
    this.refreshing = this.refreshing.catch(() => undefined).then(() => this.refreshOnce());
    return this.refreshing;
  }

  private async refreshOnce(): Promise<void> {
    await this.reader.refresh(watchedTopics, (record) => {
      if (!isEvents(record.topic)) this.keep(record);
      else this.undecoded.push({ ...record, value: record.value && Buffer.from(record.value) });
    });
    const decoded = await this.decoder.decode(this.undecoded);
    this.undecoded = [];
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

const isEvents = (topic: string) => topic.endsWith('.events');

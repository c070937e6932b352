import { EventTail } from '@atelier/eventing';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { committedEvent, type CommittedEvent } from '../events/committed-event.ts';
import { EventLogQueries } from '../events/event-log.queries.ts';
import type { Timeout } from '../http/caller.ts';
import { refusesReusedKey, settles, settlingTypes } from './event-roles.ts';

/** The event that is waited for: what a decider answers to a request, or what settles an order. */
export type Question =
  { readonly commandId: string; readonly requestHash: string } | { readonly settledOrder: string };

interface Waiting {
  readonly question: Question;
  readonly listeners: Set<(answer: CommittedEvent) => void>;
}

const remembered = 8_192;
const lookUpEveryMs = 100;

/**
 * Waits for events by following the logs. The last few thousand answers are kept, because an aggregate
 * says nothing to a command that is repeated; what was missed all the same is looked up in Postgres.
 */
@Injectable()
export class Answers implements OnModuleInit, OnModuleDestroy {
  private readonly recent = new Map<string, CommittedEvent>();
  private readonly waiting = new Map<string, Waiting>();
  private stopFollowing = () => {};
  private lookUpTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tail: EventTail,
    private readonly log: EventLogQueries,
  ) {}

  onModuleInit(): void {
    this.stopFollowing = this.tail.subscribe((logged) => this.observe(committedEvent(logged)));
  }

  onModuleDestroy(): void {
    this.stopFollowing();
    clearTimeout(this.lookUpTimer);
  }

  /** Listens, does what may cause the answer, then waits. Undefined if no answer came in time. */
  async to(
    question: Question,
    { ms, gone }: Timeout,
    cause: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<CommittedEvent | undefined> {
    const { promise, resolve } = Promise.withResolvers<CommittedEvent | undefined>();
    const stopListening = this.listen(question, resolve);
    const giveUp = () => resolve(undefined);
    let timer: NodeJS.Timeout | undefined;
    try {
      await cause();
      gone.addEventListener('abort', giveUp);
      if (gone.aborted) giveUp();
      timer = setTimeout(giveUp, Math.max(0, ms));
      return await promise;
    } finally {
      clearTimeout(timer);
      gone.removeEventListener('abort', giveUp);
      stopListening();
    }
  }

  /** What the decider answered when it handled this command, if it has; whatever was asked with its id since. */
  async original(commandId: string): Promise<CommittedEvent | undefined> {
    const known = this.recent.get(originalKey(commandId));
    if (known) return known;
    const events = await this.log.causedBy([commandId]);
    return events.find((event) => !refusesReusedKey(event));
  }

  private listen(question: Question, listener: (answer: CommittedEvent) => void): () => void {
    const key = keyOf(question);
    const known = this.recent.get(key);
    if (known) listener(known);
    const waiting = this.waiting.get(key) ?? { question, listeners: new Set() };
    this.waiting.set(key, waiting);
    waiting.listeners.add(listener);
    this.lookUpTimer ??= setTimeout(() => void this.lookUp(), lookUpEveryMs);
    return () => {
      waiting.listeners.delete(listener);
      if (waiting.listeners.size === 0) this.waiting.delete(key);
    };
  }

  private observe(event: CommittedEvent): void {
    for (const key of keysOf(event)) {
      if (this.recent.has(key)) continue;
      this.recent.set(key, event);
      for (const listener of this.waiting.get(key)?.listeners ?? []) listener(event);
    }
    for (const key of this.recent.keys()) {
      if (this.recent.size <= remembered) break;
      this.recent.delete(key);
    }
  }

  /** One query for everybody who waits. An outage of Postgres only makes this look-up useless. */
  private async lookUp(): Promise<void> {
    const questions = [...this.waiting.values()].map(({ question }) => question);
    const commands = questions.flatMap((question) => ('commandId' in question ? [question.commandId] : []));
    const orders = questions.flatMap((question) =>
      'settledOrder' in question ? [question.settledOrder] : [],
    );
    const found = await Promise.allSettled([
      commands.length > 0 ? this.log.causedBy(commands) : [],
      orders.length > 0 ? this.log.ofTypes(settlingTypes, orders) : [],
    ]);
    for (const events of found) {
      if (events.status === 'fulfilled') events.value.forEach((event) => this.observe(event));
    }
    this.lookUpTimer = undefined;
    if (this.waiting.size > 0) this.lookUpTimer = setTimeout(() => void this.lookUp(), lookUpEveryMs);
  }
}

const keyOf = (question: Question) =>
  'settledOrder' in question
    ? `settled ${question.settledOrder}`
    : `answer ${question.commandId} ${question.requestHash}`;

const originalKey = (commandId: string) => `original ${commandId}`;

/** Only commands from outside have a hash: nobody waits for the answers to others. */
function keysOf(event: CommittedEvent): string[] {
  const { subject, causationId, requestHash } = event;
  const keys: string[] = [];
  if (causationId && requestHash) {
    keys.push(keyOf({ commandId: causationId, requestHash }));
    if (!refusesReusedKey(event)) keys.push(originalKey(causationId));
  }
  if (settles(event)) keys.push(keyOf({ settledOrder: subject }));
  return keys;
}

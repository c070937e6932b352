import { Injectable, Logger } from '@nestjs/common';
import type { KafkaClient } from '../kafka/client/client.ts';
import { describeOpen, openTransactions } from '../kafka/open-transactions/open-transactions.ts';
import { partitionEnds } from '../kafka/reading/partition-ends.ts';
import type { HeldBack } from '../engine/worker/partition-feed.ts';

/** Milliseconds for which a partition may be held back before anybody needs to know. */
export const HELD_BACK_MS = 5_000;
const LOOK_EVERY_MS = 2_000;

type Sources = () => readonly HeldBack[];

/** Finds out whose open transactions hold back what this process reads: asks only while something is held back. */
@Injectable()
export class OpenTransactionWatch {
  private readonly logger = new Logger('OpenTransactions');
  private readonly sources: Sources[] = [];
  /** By partition, who holds it back, as far as that is known. */
  private known = new Map<string, Holder>();
  private client: KafkaClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  /** Watches what these answer, from now on. */
  watch(client: KafkaClient, source: Sources): void {
    this.client = client;
    this.sources.push(source);
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Why nothing comes from this partition, if it has been held back for too long. */
  reason(held: HeldBack): string | undefined {
    if (held.forMs < HELD_BACK_MS) return undefined;
    const { offset, highWatermark, forMs } = held;
    const who = this.known.get(keyOf(held))?.text ?? 'a transaction is open';
    return `${keyOf(held)} is held back at offset ${offset} for ${Math.round(forMs / 1_000)} s, ${highWatermark - offset} offsets wait: ${who}`;
  }

  /** One look after the other: brokers that hang answer late. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.lookOnce();
    this.looking = false;
  }

  private async lookOnce(): Promise<void> {
    const held = this.sources.flatMap((source) => source()).filter(({ forMs }) => forMs >= HELD_BACK_MS);
    const known = held.length > 0 ? await this.ask(held).catch(() => this.known) : new Map<string, Holder>();
    for (const [key, { id, text }] of known) if (this.known.get(key)?.id !== id) this.logger.warn(text);
    for (const key of this.known.keys())
      if (!known.has(key)) this.logger.log(`${key} is no longer held back by an open transaction`);
    this.known = known;
  }

  /** Who holds each partition back: of several, the one with the oldest record. */
  private async ask(held: readonly HeldBack[]): Promise<Map<string, Holder>> {
    if (!this.client) return new Map();
    const open = await openTransactions(this.client, await partitionEnds(this.client, held));
    return new Map(
      open.reverse().map((transaction) => {
        const { producerId, startOffset } = transaction;
        return [keyOf(transaction), { id: `${producerId} ${startOffset}`, text: describeOpen(transaction) }];
      }),
    );
  }
}

interface Holder {
  readonly id: string;
  readonly text: string;
}

const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}-${partition}`;

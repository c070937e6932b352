import { type HangingTransaction, HangingTransactions } from '@atelier/eventing';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { type Announcement, attempted, found, identityOf, type ProvenTransaction } from './announcements.ts';
import { TransactionReports } from './transaction-reports.ts';
import { TransactionsConfig } from './transactions.config.ts';

/** Milliseconds that a look which is under way may take when the service stops. */
const STOP_WITHIN_MS = 2_000;
const MOST_ANNOUNCED = 10_000;

/**
 * Looks for hanging transactions all the time. Ends at once what is proven: a broker that hides records may hide those of
 * this service, so nothing here waits for its own topics. What is not proven is reported, and never ended.
 */
@Injectable()
export class WatchTransactions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Transactions');
  private readonly stopping = new AbortController();
  /** Ids of what was said, the last of them: what is said again is ignored by the decider, too. */
  private readonly announced = new Set<string>();
  /** Attempts of which nobody knows whether they ended their transaction: it may not be found again. */
  private readonly unanswered = new Map<string, ProvenTransaction>();
  private running = Promise.resolve();
  private isBlind = false;

  constructor(
    private readonly transactions: HangingTransactions,
    private readonly reports: TransactionReports,
    private readonly config: TransactionsConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.watch();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await pTimeout(this.running, { milliseconds: STOP_WITHIN_MS, message: false });
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look();
      await sleep(this.config.watchMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One look. Never throws. */
  async look(): Promise<void> {
    try {
      const hanging = await this.transactions.find();
      const outcomes = await Promise.allSettled(
        this.withUnanswered(hanging).map((each) => this.settle(each)),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
      if (this.isBlind) this.logger.log('Hanging transactions are found and ended again');
      this.isBlind = false;
    } catch (error) {
      if (!this.isBlind) this.logger.warn('Hanging transactions cannot be found or ended now', error);
      this.isBlind = true;
    }
  }

  /** What was found, as it is known now, and what an attempt may have ended. */
  private withUnanswered(hanging: readonly HangingTransaction[]): HangingTransaction[] {
    const known = hanging.map((each) => [keyOf(each), each] as const);
    return [...new Map<string, HangingTransaction>([...this.unanswered, ...known]).values()];
  }

  private async settle(hanging: HangingTransaction): Promise<void> {
    const attempt = isProven(hanging) ? this.end(hanging) : undefined;
    this.announce(found(hanging));
    if (attempt) this.announce(await attempt);
  }

  private async end(proven: ProvenTransaction): Promise<Announcement> {
    const { transaction, verdict } = proven;
    const key = keyOf(proven);
    const isRepeated = this.unanswered.has(key);
    this.unanswered.set(key, proven);
    const result = await this.transactions.end(transaction, verdict.outcome, transaction.startOffset);
    this.unanswered.delete(key);
    return attempted(proven, result, isRepeated);
  }

  /** Says what is new, once. */
  private announce({ id, command, line }: Announcement): void {
    if (this.announced.has(id)) return;
    this.announced.add(id);
    if (this.announced.size > MOST_ANNOUNCED)
      this.announced.delete(this.announced.values().next().value ?? '');
    if (line) this.logger[line.level](line.text);
    this.reports.send(command, id);
  }
}

const keyOf = ({ transaction }: HangingTransaction) => identityOf(transaction).join(' ');

const isProven = (hanging: HangingTransaction): hanging is ProvenTransaction =>
  hanging.verdict.type === 'proven';

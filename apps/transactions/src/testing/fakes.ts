import {
  CommandPublisher,
  type EndResult,
  type HangingTransaction,
  HangingTransactions,
  type LogPosition,
  type OpenTransaction,
  type Outcome,
  PublishError,
  type PublishOptions,
  type TransactionPlace,
  type Verdict,
} from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';

export const open: OpenTransaction = {
  topic: 'orders.events',
  partition: 3,
  producerId: 4_711n,
  producerEpoch: 7,
  coordinatorEpoch: 0,
  startOffset: 42n,
  transactionalId: 'orders-1',
  since: Date.UTC(2026, 0, 1),
  hidden: 12n,
};

export const hangs = (verdict: Verdict, transaction: Partial<OpenTransaction> = {}): HangingTransaction => ({
  transaction: { ...open, ...transaction },
  verdict,
});

/** An outage, as the library's own errors say it. */
export const away = () => Object.assign(new Error('no broker'), { unavailable: true });

/** Brokers with these transactions open. Each call of `end` takes the next answer; the last one is for all that follow. */
export class FakeTransactions extends HangingTransactions {
  hanging: HangingTransaction[] = [];
  answers: (EndResult | Error)[] = [{ type: 'ended', transaction: open }];
  readonly calls: { place: TransactionPlace; outcome: Outcome; startOffset: bigint | undefined }[] = [];
  isAway = false;

  find(): Promise<readonly HangingTransaction[]> {
    return this.isAway ? Promise.reject(away()) : Promise.resolve([...this.hanging]);
  }

  async end(place: TransactionPlace, outcome: Outcome, startOffset?: bigint): Promise<EndResult> {
    const { topic, partition, producerId } = place;
    this.calls.push({ place: { topic, partition, producerId }, outcome, startOffset });
    const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) as EndResult | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

export class FakePublisher extends CommandPublisher {
  readonly published: { command: Message; options: PublishOptions }[] = [];
  /** What the next calls fail with, one after the other. */
  readonly failures: PublishError[] = [];

  async publish(command: Message, options: PublishOptions): Promise<LogPosition> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.published.push({ command, options });
    return { topic: 'transactions.commands', partition: 0, offset: BigInt(this.published.length) };
  }

  get commands(): Message[] {
    return this.published.map(({ command }) => command);
  }
}

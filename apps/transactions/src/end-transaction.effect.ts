import {
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  TransactionEndRequested,
} from '@atelier/contracts';
import {
  CommandPublisher,
  Effect,
  type EndResult,
  HangingTransactions,
  Perform,
  PublishError,
} from '@atelier/eventing';
import type { Message, Received } from '@atelier/eventing/domain';
import { KafkaError } from '@atelier/eventing/kafka';
import { derivedId } from '@atelier/eventing/serde';
import { isOutcome } from './outcome.ts';
import { whyNot } from './why-not.ts';

const GROUP = 'transactions.end';

/** Whenever an operator has decided how a transaction is to end, the marker that is missing is written. */
// Brokers may be long in answering: an attempt that runs out of time would be a failure, and an outage is none.
@Effect({ group: GROUP, timeoutMs: 60_000 })
export class EndTransactionEffect {
  /** What came of requests whose recording was not acknowledged: asked again, brokers would say that it is gone. */
  private readonly results = new Map<string, EndResult>();

  constructor(
    private readonly transactions: HangingTransactions,
    private readonly publisher: CommandPublisher,
  ) {}

  @Perform(TransactionEndRequested)
  async end(event: Received<TransactionEndRequested>): Promise<void> {
    const { id, correlationId } = event.metadata;
    const result = this.results.get(id) ?? (await this.write(event));
    this.results.set(id, result);
    await this.publish(recording(event, result), derivedId(id, GROUP, 0), correlationId);
    this.results.delete(id);
  }

  private write({ data }: TransactionEndRequested): Promise<EndResult> {
    const { topic, partition, producerId, outcome, startOffset } = data;
    if (!isOutcome(outcome)) throw unknownOutcome(outcome);
    return this.transactions.end({ topic, partition, producerId }, outcome, startOffset ?? undefined);
  }

  private async publish(command: Message, id: string, correlationId: string): Promise<void> {
    try {
      await this.publisher.publish(command, { id, correlationId });
    } catch (cause) {
      if (!(cause instanceof PublishError)) throw cause;
      // Of Kafka's outages it says so by itself: they count as no attempt.
      throw new KafkaError('NOT_PUBLISHED', cause.message, { retryable: cause.retryable, cause });
    }
  }
}

function recording({ data }: TransactionEndRequested, result: EndResult): Message {
  const { transaction, topic, partition, producerId, startOffset, outcome, reason, request, operator } = data;
  const facts = { transaction, topic, partition, producerId, outcome, request, by: operator };
  if (result.type !== 'ended')
    return RecordTransactionNotEnded({ ...facts, startOffset, result: result.type, why: whyNot(result) });
  const ended = result.transaction;
  return RecordTransactionEnded({
    ...facts,
    reason,
    producerEpoch: ended.producerEpoch,
    startOffset: ended.startOffset,
  });
}

const unknownOutcome = (outcome: string) =>
  Object.assign(new Error(`A transaction cannot end with ${outcome}`), { retryable: false });

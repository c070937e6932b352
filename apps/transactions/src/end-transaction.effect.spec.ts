import {
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  TransactionEndRequested,
} from '@atelier/contracts';
import { type Attempt, PublishError } from '@atelier/eventing';
import { received } from '@atelier/eventing/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { EndTransactionEffect } from './end-transaction.effect.ts';
import { away, FakePublisher, FakeTransactions, open } from './testing/fakes.ts';

const { topic, partition, producerId } = open;
const place = { transaction: 'orders.events-3/4711', topic, partition, producerId };
const request = {
  ...place,
  startOffset: 42n,
  outcome: 'abort',
  reason: 'it is in the log twice',
  request: 2,
};
const requested = (facts: { startOffset?: bigint | null; outcome?: string } = {}) =>
  received(TransactionEndRequested({ ...request, operator: 'grace', ...facts }), {
    id: 'event-1',
    correlationId: 'conversation-1',
  });

const recorded = { ...place, outcome: 'abort', by: 'grace', request: 2 };
const ended = RecordTransactionEnded({
  ...recorded,
  producerEpoch: 7,
  startOffset: 42n,
  reason: 'it is in the log twice',
});

let transactions: FakeTransactions;
let publisher: FakePublisher;
let effect: EndTransactionEffect;
beforeEach(() => {
  transactions = new FakeTransactions();
  publisher = new FakePublisher();
  effect = new EndTransactionEffect(transactions, publisher);
});

/** As the library calls it. */
function end(event: ReturnType<typeof requested>): Promise<void> {
  const attempt = { idempotencyKey: event.metadata.id, signal: new AbortController().signal };
  type Performance = (event: ReturnType<typeof requested>, attempt: Attempt) => Promise<void>;
  return (effect.end as Performance).call(effect, event, attempt);
}

describe('a requested end', () => {
  it('is written, of this transaction only, and recorded under an id of its own', async () => {
    await end(requested());
    await end(requested());
    expect(transactions.calls).toEqual([
      { place: { topic, partition, producerId }, outcome: 'abort', startOffset: 42n },
      expect.anything(),
    ]);
    expect(publisher.commands).toEqual([ended, ended]);
    const [first, second] = publisher.published.map(({ options }) => options);
    expect(first).toEqual({ id: expect.stringMatching(/^[\da-f-]{36}$/), correlationId: 'conversation-1' });
    expect(second).toEqual(first);
  });

  it('of a transaction that was never found says afterwards which one it was', async () => {
    await end(requested({ startOffset: null }));
    expect(transactions.calls).toMatchObject([{ startOffset: undefined }]);
    expect(publisher.commands).toEqual([ended]);
  });

  it.each([
    ['gone', { type: 'gone' } as const, 'the partition does not have it open any more'],
    ['refused', { type: 'refused', reason: 'no right' } as const, 'no right'],
  ])('says why nothing was written: %s', async (result, answer, why) => {
    transactions.answers = [answer];
    await end(requested());
    expect(publisher.commands).toEqual([
      RecordTransactionNotEnded({ ...recorded, startOffset: 42n, result, why }),
    ]);
  });

  it('waits for brokers that are away', async () => {
    transactions.answers = [away()];
    await expect(end(requested())).rejects.toMatchObject({ unavailable: true });
    expect(publisher.commands).toEqual([]);
  });

  it('is not written again when its recording was not acknowledged, which is an outage, too', async () => {
    transactions.answers = [{ type: 'ended', transaction: open }, { type: 'gone' }];
    publisher.failures.push(new PublishError('no answer', 'unknown', { retryable: true }));
    await expect(end(requested())).rejects.toMatchObject({ unavailable: true, dependency: 'Kafka' });
    await end(requested());
    expect(transactions.calls).toHaveLength(1);
    expect(publisher.commands).toEqual([ended]);
  });

  it('with an outcome that is none writes nothing, ever', async () => {
    await expect(end(requested({ outcome: 'forget' }))).rejects.toMatchObject({ retryable: false });
    expect(transactions.calls).toEqual([]);
  });
});

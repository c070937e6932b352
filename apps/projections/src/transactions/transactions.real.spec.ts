import {
  HangingTransactionFound,
  TransactionEnded,
  TransactionEndRefused,
  TransactionEndRequested,
  TransactionNotEnded,
  transactionKey,
} from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import type { ReadModel } from '@atelier/read-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Rows } from '../rows.ts';
import { migratedDatabase } from '../testing/scratch-database.ts';
import { TransactionsProjection } from './transactions.projection.ts';

let scratch: Awaited<ReturnType<typeof migratedDatabase<ReadModel>>>;
let database: Kysely<ReadModel>;

beforeAll(async () => {
  scratch = await migratedDatabase();
  database = scratch.database;
});
beforeEach(() =>
  sql`truncate read_model.hanging_transactions, read_model.transaction_history`.execute(database),
);
afterAll(() => scratch.drop());

const began = Date.parse('2026-01-02T03:04:05.678Z');
let offset = 0n;

/** The event as the projection gets it: its number in its aggregate's history is its offset. */
function placed<M extends Message>(message: M): Placed<M> {
  offset += 1n;
  const metadata = {
    id: `event-${offset}`,
    time: began + Number(offset),
    subject: (message.data as { transaction: string }).transaction,
    source: 'spec',
    correlationId: 'c',
    causationId: 'command',
    requestHash: 'hash',
    version: Number(offset),
  };
  return { ...message, metadata, position: { topic: 'transactions.events', partition: 0, offset } };
}

const huge = 9_007_199_254_740_993n;
const place = (producerId: bigint) => {
  const at = { topic: 'orders.events', partition: 3, producerId };
  return { transaction: transactionKey(at), ...at };
};
const found = (producerId: bigint, startOffset: bigint, verdict = 'unproven') =>
  placed(
    HangingTransactionFound({
      ...place(producerId),
      producerEpoch: 7,
      startOffset,
      transactionalId: null,
      since: BigInt(began),
      waiting: 12n,
      verdict,
      known: 'no \u0000 position names its records',
    }),
  );
const requested = (producerId: bigint, startOffset: bigint | null, request = 1) => {
  const asked = { outcome: 'abort', operator: 'ada', reason: 'twice in the log', request };
  return placed(TransactionEndRequested({ ...place(producerId), startOffset, ...asked }));
};
const ended = (producerId: bigint, startOffset: bigint, request: number | null) => {
  const by = request === null ? 'transactions.watch' : 'ada';
  const attempt = { outcome: 'abort', reason: 'the proof', by, request, producerEpoch: 7, startOffset };
  return placed(TransactionEnded({ ...place(producerId), ...attempt }));
};
const notEnded = (producerId: bigint, request: number) => {
  const attempt = {
    startOffset: 42n,
    outcome: 'abort',
    result: 'refused',
    why: 'no right',
    by: 'ada',
    request,
  };
  return placed(TransactionNotEnded({ ...place(producerId), ...attempt }));
};

const projection = new TransactionsProjection();
const write = (work: (rows: Rows) => Promise<void>) => database.transaction().execute(work);
const transactions = () =>
  database.selectFrom('read_model.hanging_transactions').selectAll().orderBy('producer_id').execute();

describe('hanging transactions', () => {
  it('have a row with all that is known', async () => {
    await write((rows) => projection.found([found(1n, huge), found(2n, 42n, 'foreign')], rows));
    expect(await transactions()).toMatchObject([
      {
        transaction: 'orders.events-3/1',
        topic: 'orders.events',
        partition: 3,
        producer_id: '1',
        start_offset: String(huge),
        since: new Date(began),
        waiting: '12',
        verdict: 'unproven',
        known: 'no \uFFFD position names its records',
        state: 'hanging',
        decided_by: null,
      },
      { verdict: 'foreign' },
    ]);
  });

  it('are requested by an operator, refused by brokers, requested again and ended', async () => {
    await write((rows) => projection.found([found(1n, 42n)], rows));
    const found_at = (await transactions())[0]?.found_at;
    await write((rows) => projection.requested([requested(1n, 42n)], rows));
    expect(await transactions()).toMatchObject([
      { state: 'requested', outcome: 'abort', decided_by: 'ada', reason: 'twice in the log', found_at },
    ]);
    await write((rows) => projection.notEnded([notEnded(1n, 1)], rows));
    expect(await transactions()).toMatchObject([{ state: 'not-ended', not_ended: 'no right' }]);
    await write((rows) => projection.found([found(1n, 42n, 'foreign')], rows));
    expect(await transactions()).toMatchObject([{ state: 'hanging', verdict: 'foreign', not_ended: null }]);
    await write((rows) => projection.requested([requested(1n, 42n, 2)], rows));
    await write((rows) => projection.ended([ended(1n, 42n, 2)], rows));
    expect(await transactions()).toMatchObject([
      { state: 'ended', not_ended: null, reason: 'twice in the log', known: expect.any(String), found_at },
    ]);
  });

  it('say by which proof they were ended, though their report was lost', async () => {
    await write((rows) => projection.found([found(1n, 42n, 'proven-abort')], rows));
    await write((rows) => projection.ended([ended(1n, 42n, null), ended(2n, 43n, null)], rows));
    const proof = { state: 'ended', outcome: 'abort', decided_by: 'transactions.watch', reason: 'the proof' };
    expect(await transactions()).toMatchObject([
      { ...proof, verdict: 'proven-abort' },
      { ...proof, verdict: null, start_offset: '43' },
    ]);
  });

  it('stay requested when they are found later, and give way to others of their producer', async () => {
    await write((rows) => projection.requested([requested(1n, null)], rows));
    expect(await transactions()).toMatchObject([{ state: 'requested', start_offset: null, verdict: null }]);
    await write((rows) => projection.found([found(1n, 42n)], rows));
    expect(await transactions()).toMatchObject([
      { state: 'requested', start_offset: '42', outcome: 'abort' },
    ]);
    await write((rows) => projection.found([found(1n, 42n, 'foreign'), found(1n, 99n)], rows));
    expect(await transactions()).toMatchObject([
      { state: 'hanging', start_offset: '99', verdict: 'unproven', outcome: null, decided_by: null },
    ]);
  });

  it('give way to another one of their producer that an operator asked to end, and that nobody has found', async () => {
    const first = [found(1n, 42n)];
    await write((rows) => projection.found(first, rows));
    await write((rows) => projection.ended([ended(1n, 42n, null)], rows));
    await write((rows) => projection.requested([requested(1n, 99n)], rows));
    const unknown = { producer_epoch: null, since: null, verdict: null, ended_at: null };
    expect(await transactions()).toMatchObject([{ state: 'requested', start_offset: '99', ...unknown }]);
  });

  it('have a history, in which refusals are, too', async () => {
    const refused = TransactionEndRefused({
      transaction: 'orders.events-3/1',
      outcome: 'abort',
      operator: 'ada',
      reason: 'again',
      refusal: 'ended',
    });
    await write(async (rows) => {
      await projection.ended([ended(1n, 42n, null)], rows);
      await projection.noted([placed(refused)], rows);
    });
    const history = await database
      .selectFrom('read_model.transaction_history')
      .selectAll()
      .orderBy('offset')
      .execute();
    expect(history).toMatchObject([
      { type: 'TransactionEnded', aggregate_id: 'orders.events-3/1', causation_id: 'command' },
      { type: 'TransactionEndRefused', request_hash: 'hash', data: { refusal: 'ended' } },
    ]);
  });
});

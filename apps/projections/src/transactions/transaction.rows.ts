import type {
  HangingTransactionFound,
  TransactionEnded,
  TransactionEndRequested,
  TransactionNotEnded,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import type { HangingTransactionsTable } from '@atelier/read-model';
import type { Insertable, Updateable } from 'kysely';
import { sanitized } from '../sanitized.ts';
import { instantOf, versionOf } from '../event-metadata.ts';
import type { Rows } from '../rows.ts';

// Few, and each depends on what the one before it has left: one after the other.

/** Another transaction of the same producer takes the row over; what was decided about the one before is in the history. */
export async function find(event: Received<HangingTransactionFound>, rows: Rows): Promise<void> {
  const known = await rows
    .selectFrom('read_model.hanging_transactions')
    .select(['state', 'start_offset'])
    .where('transaction', '=', event.data.transaction)
    .executeTakeFirst();
  const finding = findingOf(event);
  if (known && (known.start_offset ?? finding.start_offset) === finding.start_offset) {
    const state = known.state === 'requested' ? 'requested' : 'hanging';
    return change({ ...momentOf(event), ...finding, state, not_ended: null }, event, rows);
  }
  await put({ ...placeOf(event), ...finding, ...undecided, state: 'hanging', found_at: timeOf(event) }, rows);
}

export async function request(event: Received<TransactionEndRequested>, rows: Rows): Promise<void> {
  const { outcome, operator, reason, startOffset } = sanitized(event.data);
  const decision = { outcome, decided_at: timeOf(event), decided_by: operator, reason };
  const open = { ended_at: null, not_ended: null };
  const row = {
    ...placeOf(event),
    ...decision,
    ...open,
    state: 'requested',
    found_at: timeOf(event),
  } as const;
  const start = startOffset === null ? undefined : String(startOffset);
  if (await isOfAnother(event.data.transaction, start, rows))
    return put({ ...row, ...unfound, start_offset: start ?? null }, rows);
  await put({ ...row, ...(start !== undefined && { start_offset: start }) }, rows, 'found_at');
}

/** Whether the row is of an earlier transaction of the same producer. */
async function isOfAnother(transaction: string, start: string | undefined, rows: Rows): Promise<boolean> {
  const known = await rows
    .selectFrom('read_model.hanging_transactions')
    .select('start_offset')
    .where('transaction', '=', transaction)
    .executeTakeFirst();
  return start !== undefined && (known?.start_offset ?? start) !== start;
}

export async function end(event: Received<TransactionEnded>, rows: Rows): Promise<void> {
  const { producerEpoch, startOffset, outcome, reason, by, request: asked } = sanitized(event.data);
  const decision = asked === null ? { decided_at: timeOf(event), decided_by: by, reason } : {};
  const ended = {
    ...placeOf(event),
    ...decision,
    producer_epoch: producerEpoch,
    start_offset: String(startOffset),
    outcome,
    state: 'ended',
    found_at: timeOf(event),
    ended_at: timeOf(event),
    not_ended: null,
  } as const;
  await put(ended, rows, 'found_at');
}

export async function keepOpen(event: Received<TransactionNotEnded>, rows: Rows): Promise<void> {
  await change({ ...momentOf(event), state: 'not-ended', not_ended: sanitized(event.data).why }, event, rows);
}

/** Writes the row, whether it is there or not; one that is there keeps the column `kept`. */
async function put(
  row: Insertable<HangingTransactionsTable>,
  rows: Rows,
  kept: 'transaction' | 'found_at' = 'transaction',
): Promise<void> {
  const { [kept]: _, ...changes } = row;
  await rows
    .insertInto('read_model.hanging_transactions')
    .values(row)
    .onConflict((conflict) => conflict.column('transaction').doUpdateSet(changes))
    .execute();
}

async function change(
  changes: Updateable<HangingTransactionsTable>,
  { metadata }: Received,
  rows: Rows,
): Promise<void> {
  await rows
    .updateTable('read_model.hanging_transactions')
    .set(changes)
    .where('transaction', '=', metadata.subject)
    .execute();
}

const unfound = {
  producer_epoch: null,
  transactional_id: null,
  since: null,
  waiting: null,
  verdict: null,
  known: null,
};

const undecided = {
  outcome: null,
  decided_at: null,
  decided_by: null,
  reason: null,
  ended_at: null,
  not_ended: null,
};

const timeOf = ({ metadata }: Received) => new Date(metadata.time);

const momentOf = (event: Received) => ({ version: versionOf(event), updated_at: timeOf(event) });

function placeOf(event: Received<HangingTransactionFound | TransactionEndRequested | TransactionEnded>) {
  const { transaction, topic, partition, producerId } = event.data;
  return { transaction, topic, partition, producer_id: String(producerId), ...momentOf(event) };
}

function findingOf({ data }: HangingTransactionFound) {
  const { producerEpoch, startOffset, transactionalId, since, waiting, verdict, known } = sanitized(data);
  return {
    producer_epoch: producerEpoch,
    start_offset: String(startOffset),
    transactional_id: transactionalId,
    since: new Date(instantOf(since)),
    waiting: String(waiting),
    verdict,
    known,
  };
}

import {
  HangingTransactionFound,
  TransactionEnded,
  TransactionEndRefused,
  TransactionEndRequested,
  TransactionEndRequestIgnored,
  TransactionNotEnded,
  TransactionRecordingIgnored,
  TransactionReportIgnored,
  projections,
} from '@atelier/contracts';
import { type Placed, Project, Projection } from '@atelier/eventing';
import type { Rows } from '../rows.ts';
import { recordHistory } from './history.rows.ts';
import { end, find, keepOpen, request } from './transaction.rows.ts';

/** The last transaction that hung of each producer in each partition, what was decided about it, and the history of all. */
@Projection(projections.transactions)
export class TransactionsProjection {
  @Project(HangingTransactionFound)
  async found(events: readonly Placed<HangingTransactionFound>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    for (const event of events) await find(event, rows);
  }

  @Project(TransactionEndRequested)
  async requested(events: readonly Placed<TransactionEndRequested>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    for (const event of events) await request(event, rows);
  }

  @Project(TransactionEnded)
  async ended(events: readonly Placed<TransactionEnded>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    for (const event of events) await end(event, rows);
  }

  @Project(TransactionNotEnded)
  async notEnded(events: readonly Placed<TransactionNotEnded>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    for (const event of events) await keepOpen(event, rows);
  }

  /** These change nothing: the history alone has them. */
  @Project(TransactionReportIgnored)
  @Project(TransactionEndRequestIgnored)
  @Project(TransactionEndRefused)
  @Project(TransactionRecordingIgnored)
  noted(events: readonly Placed[], rows: Rows): Promise<void> {
    return recordHistory(events, rows);
  }
}

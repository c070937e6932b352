import type { HangingTransactionsTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { TimeAndId } from '../http/cursor.ts';
import { Database } from '../read-model/database.ts';
import type { HangingTransaction } from './transaction.schema.ts';

type Row = Selectable<HangingTransactionsTable>;

export interface TransactionSelection {
  readonly state: HangingTransaction['state'] | undefined;
  /** The last one of the page before: when it was found, and its name. */
  readonly after: TimeAndId | undefined;
  readonly limit: number;
}

@Injectable()
export class TransactionQueries {
  constructor(private readonly database: Database) {}

  /** Those that were found last come first. */
  async list({ state, after, limit }: TransactionSelection): Promise<HangingTransaction[]> {
    const rows = await this.database
      .selectFrom('read_model.hanging_transactions')
      .selectAll()
      .$if(state !== undefined, (query) => query.where('state', '=', state as HangingTransaction['state']))
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(found_at, transaction) < (${after?.time}::timestamptz, ${after?.id})`),
      )
      .orderBy('found_at', 'desc')
      .orderBy('transaction', 'desc')
      .limit(limit)
      .execute();
    return rows.map(transactionOf);
  }
}

const transactionOf = (row: Row): HangingTransaction => ({
  transaction: row.transaction,
  topic: row.topic,
  partition: row.partition,
  producerId: BigInt(row.producer_id),
  state: row.state,
  producerEpoch: row.producer_epoch,
  startOffset: row.start_offset === null ? null : BigInt(row.start_offset),
  transactionalId: row.transactional_id,
  since: row.since?.toISOString() ?? null,
  waiting: row.waiting === null ? null : BigInt(row.waiting),
  verdict: row.verdict,
  known: row.known,
  foundAt: row.found_at.toISOString(),
  ...decisionOf(row),
  ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
  ...(row.not_ended !== null && { notEnded: row.not_ended }),
});

function decisionOf({ outcome, decided_by, decided_at, reason }: Row): Pick<HangingTransaction, 'decision'> {
  if (outcome === null || !decided_at) return {};
  return { decision: { outcome, by: decided_by ?? '', reason: reason ?? '', at: decided_at.toISOString() } };
}

import type { EventingTables } from '@atelier/eventing/postgres';
import type { ColumnType, Generated } from 'kysely';

/** A bigint column: the driver reads it as text, so that no digit is lost. */
type Bigint = string;

/** A text column that the database lets have these values only. It is written from messages, whose schemas say `string`. */
type Checked<Value extends string> = ColumnType<Value | null, string | null, string | null>;

export type OrderStatus = 'pending' | 'confirmed' | 'rejected' | 'cancelled';
export type OrderChannel = 'web' | 'store' | 'phone';
export type LineStatus = 'pending' | 'reserved' | 'refused' | 'released' | 'shipped';
export type DeadLetterStatus =
  'open' | 'requested' | 'sent' | 'handled' | 'failed again' | 'discarded' | 'parked';
export type NotSentReason = 'record-missing' | 'unknown-group' | 'too-large' | 'unreadable-batch';
export type JobStatus = 'running' | 'finished' | 'halted' | 'cancelled';
export type RedriveOutcome = 'requested' | 'refused' | 'sent' | 'handled' | 'failed';

export interface OrdersTable {
  order_id: string;
  customer_id: string;
  email: string;
  channel: Generated<OrderChannel>;
  status: Generated<OrderStatus>;
  reason: string | null;
  cancelled_by: Checked<'customer' | 'platform'>;
  total_amount: Bigint;
  currency: string;
  version: number;
  request_hash: string | null;
  placed_at: Date;
  updated_at: Date;
}

export interface OrderLinesTable {
  order_id: string;
  sku: string;
  position: number;
  quantity: number;
  unit_amount: Bigint;
  currency: string;
  status: Generated<LineStatus>;
}

export interface ProductsTable {
  sku: string;
  name: string;
  unit_amount: Bigint;
  currency: string;
  on_hand: number;
  reserved: Generated<number>;
  version: number;
}

/** One event at its place in the log: what all histories have. */
export interface HistoryTable {
  topic: string;
  partition: number;
  offset: Bigint;
  aggregate_id: string;
  version: number;
  type: string;
  event_id: string;
  time: Date;
  causation_id: string | null;
  request_hash: string | null;
  data: Record<string, unknown>;
  /** Of several events that one record has become: which one, from 0. */
  part: Generated<number>;
  /** What the event was when it was written, if that was another type. */
  was: WrittenAs | null;
}

/** An event as it was written. */
export interface WrittenAs {
  readonly type: string;
  /** The number of its schema among the versions of its type; null where this was not known. */
  readonly version: number | null;
  readonly data: Record<string, unknown>;
  /** How many events it has become. */
  readonly parts: number;
}

/** Events of orders and of products. */
export interface EventLogTable extends HistoryTable {
  correlation_id: string;
}

/** Events of dead letters and of redrive jobs, which the customers' log has not. */
export interface DeadLetterHistoryTable extends HistoryTable {
  operator: string | null;
  reason: string | null;
  job_id: string | null;
}

export interface DeadLettersTable {
  dead_letter_id: string;
  group: string;
  topic: string;
  partition: number;
  offset: Bigint;
  key: string | null;
  message_type: string | null;
  message_id: string | null;
  traceparent: string | null;
  handler: string;
  attempts: number;
  /** Of the last failure: how often it had been given back before. */
  redrives: number;
  /** The last redrive that was asked for; 0 before the first. */
  redrive: Generated<number>;
  error_class: string;
  error_message: string;
  first_error_class: string;
  first_error_message: string;
  fingerprint: string;
  failed_at: Date;
  first_failed_at: Date;
  service: string;
  service_version: string;
  status: Generated<DeadLetterStatus>;
  status_before_discard: DeadLetterStatus | null;
  /** The decider's word: the one column of this kind that no constraint checks. */
  not_sent: Checked<NotSentReason>;
  decision: 'redrive' | 'discard' | 'restore' | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
  job_id: string | null;
  version: number;
  updated_at: Date;
}

export interface RedriveJobsTable {
  job_id: string;
  group: string;
  operator: string;
  reason: string;
  rate: number;
  force: boolean;
  dead_letter_ids: readonly string[];
  status: Generated<JobStatus>;
  step: Generated<number>;
  version: number;
  started_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
  end_reason: string | null;
}

export interface RedriveJobItemsTable {
  job_id: string;
  dead_letter_id: string;
  outcome: RedriveOutcome;
  refusal: string | null;
}

/** What is null is not known: an operator may have asked for the end of what was never found. */
export interface HangingTransactionsTable {
  transaction: string;
  topic: string;
  partition: number;
  producer_id: Bigint;
  producer_epoch: number | null;
  start_offset: Bigint | null;
  transactional_id: string | null;
  since: Date | null;
  waiting: Bigint | null;
  verdict: Checked<'proven-commit' | 'proven-abort' | 'unproven' | 'foreign'>;
  known: string | null;
  state: 'hanging' | 'requested' | 'ended' | 'not-ended';
  outcome: Checked<'commit' | 'abort'>;
  found_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
  ended_at: Date | null;
  not_ended: string | null;
  version: number;
  updated_at: Date;
}

/** A numeric column without decimals: the driver reads it as text, and no sum is too large for it. */
type Integer = string;

/** What was sold of one product on one day (UTC), by currency; each partition of the orders' events adds up its own. */
export interface SalesTable {
  day: Date;
  sku: string;
  currency: string;
  partition: number;
  orders: number;
  quantity: Bigint;
  amount: Integer;
}

/** The orders of one customer in one currency; each partition of the orders' events counts its own. */
export interface CustomerSummariesTable {
  customer_id: string;
  currency: string;
  partition: number;
  placed: number;
  confirmed: number;
  rejected: number;
  cancelled: number;
  spent: Integer;
  first_at: Date;
  last_at: Date;
}

/** The schema of the read model. The library's tables are in it, too, so that rows and their positions can be read together. */
export const READ_MODEL = 'read_model';

type LibraryTables = {
  [Name in keyof EventingTables as `${typeof READ_MODEL}.${Name}`]: EventingTables[Name];
};

/** The read model: the projections write it, the gateway reads it. Its migrations are those of the projections service. */
export interface ReadModel extends LibraryTables {
  'read_model.orders': OrdersTable;
  'read_model.order_lines': OrderLinesTable;
  'read_model.products': ProductsTable;
  'read_model.event_log': EventLogTable;
  'read_model.dead_letters': DeadLettersTable;
  'read_model.dead_letter_history': DeadLetterHistoryTable;
  'read_model.redrive_jobs': RedriveJobsTable;
  'read_model.redrive_job_items': RedriveJobItemsTable;
  'read_model.hanging_transactions': HangingTransactionsTable;
  'read_model.transaction_history': HistoryTable;
  'read_model.sales': SalesTable;
  'read_model.customer_summaries': CustomerSummariesTable;
}

/** A bigint column: the driver reads it as text, so that no digit is lost. */
type Bigint = string;

export interface OrdersTable {
  order_id: string;
  customer_id: string;
  email: string;
  status: 'pending' | 'confirmed' | 'rejected' | 'cancelled';
  reason: string | null;
  cancelled_by: 'customer' | 'platform' | null;
  total_amount: Bigint;
  currency: string;
  version: number;
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
  status: 'pending' | 'reserved' | 'refused' | 'released' | 'shipped';
}

export interface ProductsTable {
  sku: string;
  name: string;
  unit_amount: Bigint;
  currency: string;
  on_hand: number;
  reserved: number;
  version: number;
}

export interface EventLogTable {
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
}

export interface PositionsTable {
  projection: string;
  topic: string;
  partition: number;
  next_offset: Bigint;
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
  not_sent: 'record-missing' | 'unknown-group' | 'too-large' | 'unreadable-batch' | null;
  /** Of the last failure: how often it had been given back before. */
  redrives: number;
  /** The last redrive that was asked for; 0 before the first. */
  redrive: number;
  error_class: string;
  error_message: string;
  first_error_class: string;
  first_error_message: string;
  fingerprint: string;
  failed_at: Date;
  first_failed_at: Date;
  service: string;
  service_version: string;
  status: 'open' | 'requested' | 'sent' | 'handled' | 'failed again' | 'discarded' | 'parked';
  decision: 'redrive' | 'discard' | 'restore' | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
  job_id: string | null;
  version: number;
}

/** The events of dead letters and redrive jobs. */
export interface DeadLetterHistoryTable extends EventLogTable {
  operator: string | null;
  reason: string | null;
  job_id: string | null;
}

export interface RedriveJobsTable {
  job_id: string;
  group: string;
  operator: string;
  reason: string;
  rate: number;
  force: boolean;
  dead_letter_ids: readonly string[];
  status: 'running' | 'finished' | 'halted' | 'cancelled';
  step: number;
  version: number;
  started_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
  end_reason: string | null;
}

export interface RedriveJobItemsTable {
  job_id: string;
  dead_letter_id: string;
  outcome: 'requested' | 'refused' | 'sent' | 'handled' | 'failed';
  refusal: string | null;
}

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
  verdict: 'proven-commit' | 'proven-abort' | 'unproven' | 'foreign' | null;
  known: string | null;
  state: 'hanging' | 'requested' | 'ended' | 'not-ended';
  outcome: 'commit' | 'abort' | null;
  found_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
  ended_at: Date | null;
  not_ended: string | null;
  version: number;
}

/** Keys whose rows are behind: a record of theirs is a dead letter, and later ones wait for it. */
export interface ParkedKeysTable {
  projection: string;
  topic: string;
  partition: number;
  key: string;
  since: Bigint;
  dead_letter_id: string;
}

/** What the gateway reads of the read model; the projections service owns its shape. */
export interface Tables {
  'read_model.orders': OrdersTable;
  'read_model.order_lines': OrderLinesTable;
  'read_model.products': ProductsTable;
  'read_model.event_log': EventLogTable;
  'read_model.projection_positions': PositionsTable;
  'read_model.dead_letters': DeadLettersTable;
  'read_model.dead_letter_history': DeadLetterHistoryTable;
  'read_model.redrive_jobs': RedriveJobsTable;
  'read_model.redrive_job_items': RedriveJobItemsTable;
  'read_model.hanging_transactions': HangingTransactionsTable;
  /** Events of transactions, which the customers' log has not. */
  'read_model.transaction_history': EventLogTable;
  'read_model.parked_keys': ParkedKeysTable;
}

import type { Generated, Transaction } from 'kysely';

export type OrderStatus = 'pending' | 'confirmed' | 'rejected' | 'cancelled';
export type LineStatus = 'pending' | 'reserved' | 'refused' | 'released' | 'shipped';
export type DeadLetterStatus =
  'open' | 'requested' | 'sent' | 'handled' | 'failed again' | 'discarded' | 'parked';
export type JobStatus = 'running' | 'finished' | 'halted' | 'cancelled';
export type RedriveOutcome = 'requested' | 'refused' | 'sent' | 'handled' | 'failed';

/** A bigint column: the driver reads it as text, so that no digit is lost. */
type Bigint = string;

interface Orders {
  order_id: string;
  customer_id: string;
  email: string;
  status: Generated<OrderStatus>;
  reason: string | null;
  cancelled_by: string | null;
  total_amount: Bigint;
  currency: string;
  version: number;
  request_hash: string | null;
  placed_at: Date;
  updated_at: Date;
}

interface OrderLines {
  order_id: string;
  sku: string;
  position: number;
  quantity: number;
  unit_amount: Bigint;
  currency: string;
  status: Generated<LineStatus>;
}

interface Products {
  sku: string;
  name: string;
  unit_amount: Bigint;
  currency: string;
  on_hand: number;
  reserved: Generated<number>;
  version: number;
}

interface EventLog {
  topic: string;
  partition: number;
  offset: Bigint;
  aggregate_id: string;
  version: number;
  type: string;
  event_id: string;
  time: Date;
  causation_id: string | null;
  correlation_id: string;
  request_hash: string | null;
  data: unknown;
}

interface DeadLetters {
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
  redrives: number;
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
  not_sent: string | null;
  decision: 'redrive' | 'discard' | 'restore' | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
  job_id: string | null;
  version: number;
  updated_at: Date;
}

interface DeadLetterHistory {
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
  operator: string | null;
  reason: string | null;
  job_id: string | null;
  data: unknown;
}

interface RedriveJobs {
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

interface RedriveJobItems {
  job_id: string;
  dead_letter_id: string;
  outcome: RedriveOutcome;
  refusal: string | null;
}

export interface HangingTransactions {
  transaction: string;
  topic: string;
  partition: number;
  producer_id: Bigint;
  producer_epoch: number | null;
  start_offset: Bigint | null;
  transactional_id: string | null;
  since: Date | null;
  waiting: Bigint | null;
  verdict: string | null;
  known: string | null;
  state: 'hanging' | 'requested' | 'ended' | 'not-ended';
  outcome: string | null;
  found_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
  ended_at: Date | null;
  not_ended: string | null;
  version: number;
  updated_at: Date;
}

interface TransactionHistory {
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
  data: unknown;
}

export interface ReadModel {
  'read_model.orders': Orders;
  'read_model.order_lines': OrderLines;
  'read_model.products': Products;
  'read_model.event_log': EventLog;
  'read_model.dead_letters': DeadLetters;
  'read_model.dead_letter_history': DeadLetterHistory;
  'read_model.redrive_jobs': RedriveJobs;
  'read_model.redrive_job_items': RedriveJobItems;
  'read_model.hanging_transactions': HangingTransactions;
  'read_model.transaction_history': TransactionHistory;
}

/** The database transaction of one batch: it also moves the projection's position. */
export type Rows = Transaction<ReadModel>;

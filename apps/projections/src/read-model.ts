import type { Generated, Transaction } from 'kysely';

export type OrderStatus = 'pending' | 'confirmed' | 'rejected' | 'cancelled';
export type LineStatus = 'pending' | 'reserved' | 'refused' | 'released' | 'shipped';

/** A bigint column: the driver reads it as text, so that no digit is lost. */
type Bigint = string;

interface Orders {
  order_id: string;
  customer_id: string;
  email: string;
  status: Generated<OrderStatus>;
  reason: string | null;
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

export interface ReadModel {
  'read_model.orders': Orders;
  'read_model.order_lines': OrderLines;
  'read_model.products': Products;
  'read_model.event_log': EventLog;
}

/** The database transaction of one batch: it also moves the projection's position. */
export type Rows = Transaction<ReadModel>;

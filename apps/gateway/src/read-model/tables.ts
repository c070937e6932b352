/** A bigint column: the driver reads it as text, so that no digit is lost. */
type Bigint = string;

export interface OrdersTable {
  order_id: string;
  customer_id: string;
  email: string;
  status: 'pending' | 'confirmed' | 'rejected' | 'cancelled';
  reason: string | null;
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

/** What the gateway reads of the read model; the projections service owns its shape. */
export interface Tables {
  'read_model.orders': OrdersTable;
  'read_model.order_lines': OrderLinesTable;
  'read_model.products': ProductsTable;
  'read_model.event_log': EventLogTable;
  'read_model.projection_positions': PositionsTable;
}

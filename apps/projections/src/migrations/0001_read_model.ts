import { type Kysely, sql } from 'kysely';

/**
 * The read model's first shape. A projection whose version is raised starts again from the first event:
 * the migration that comes with it empties its tables. (It once made `projection_positions`, too, which is the library's.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [orders, orderLines, products, eventLog].flat()) {
    await sql.raw(statement).execute(db);
  }
}

const orders = [
  `create table read_model.orders (
     order_id text primary key,
     customer_id text not null,
     email text not null,
     status text not null default 'pending' check (status in ('pending', 'confirmed', 'rejected', 'cancelled')),
     reason text,
     total_amount bigint not null,
     currency text not null,
     version integer not null,
     request_hash text,
     placed_at timestamptz not null,
     updated_at timestamptz not null
   )`,
  'create index on read_model.orders (placed_at, order_id)',
  'create index on read_model.orders (customer_id, placed_at, order_id)',
  'create index on read_model.orders (status, placed_at, order_id)',
];

const orderLines = [
  `create table read_model.order_lines (
     order_id text not null references read_model.orders,
     sku text not null,
     position integer not null,
     quantity integer not null,
     unit_amount bigint not null,
     currency text not null,
     status text not null default 'pending'
       check (status in ('pending', 'reserved', 'refused', 'released', 'shipped')),
     primary key (order_id, sku)
   )`,
];

const products = [
  `create table read_model.products (
     sku text primary key,
     name text not null,
     unit_amount bigint not null,
     currency text not null,
     on_hand integer not null,
     reserved integer not null default 0,
     version integer not null
   )`,
];

const eventLog = [
  `create table read_model.event_log (
     topic text not null,
     "partition" integer not null,
     "offset" bigint not null,
     aggregate_id text not null,
     version integer not null,
     type text not null,
     event_id text not null,
     time timestamptz not null,
     causation_id text,
     correlation_id text not null,
     request_hash text,
     data jsonb not null,
     primary key (topic, "partition", "offset")
   )`,
  'create index on read_model.event_log (aggregate_id, topic, version)',
  'create index on read_model.event_log (causation_id)',
];

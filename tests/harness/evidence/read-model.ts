import pg from 'pg';
import type { GroupPosition, ReadModel } from './evidence.ts';

/** Rows of one snapshot, and the positions that projections have in it. */
export async function readRows(
  connectionString: string,
): Promise<{ rows: ReadModel; positions: GroupPosition[] }> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  const query = async <Row>(sql: string) => (await database.query(sql)).rows as Row[];
  try {
    await query('begin isolation level repeatable read read only');
    const rows = {
      orders: await query<ReadModel['orders'][number]>(
        'select order_id as "orderId", status from read_model.orders',
      ),
      lines: await query<ReadModel['lines'][number]>(
        'select order_id as "orderId", sku from read_model.order_lines',
      ),
      products: await query<ReadModel['products'][number]>(
        'select sku, on_hand as "onHand", reserved from read_model.products',
      ),
      eventLog: (
        await query<{ topic: string; partition: number; offset: string }>(
          'select topic, "partition", "offset" from read_model.event_log',
        )
      ).map(({ topic, partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
      sales: withNumbers(
        await query<Sale>(
          'select day::text, sku, currency, orders, quantity, amount::text from read_model.sales',
        ),
        ['orders', 'quantity', 'amount'],
      ),
      customers: withNumbers(
        await query<Customer>(
          `select customer_id as "customerId", currency, placed, confirmed, rejected, cancelled, spent::text
           from read_model.customer_summaries`,
        ),
        ['placed', 'confirmed', 'rejected', 'cancelled', 'spent'],
      ),
    };
    return { rows, positions: await positionsIn(query) };
  } finally {
    await database.end();
  }
}

type Sale = ReadModel['sales'][number];
type Customer = ReadModel['customers'][number];

/** Postgres has numbers of three types. */
const withNumbers = <Row extends object>(rows: readonly Row[], columns: readonly (keyof Row)[]): Row[] =>
  rows.map((row) => ({
    ...row,
    ...Object.fromEntries(columns.map((column) => [column, BigInt(String(row[column]))])),
  }));

/** The positions of projections alone. */
export async function readPositions(connectionString: string): Promise<GroupPosition[]> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  try {
    return await positionsIn(async <Row>(sql: string) => (await database.query(sql)).rows as Row[]);
  } finally {
    await database.end();
  }
}

async function positionsIn(query: <Row>(sql: string) => Promise<Row[]>): Promise<GroupPosition[]> {
  const rows = await query<{ projection: string; topic: string; partition: number; next_offset: string }>(
    'select projection, topic, "partition", next_offset from read_model.projection_positions',
  );
  return rows.map(({ projection, topic, partition, next_offset }) => ({
    group: projection,
    topic,
    partition,
    next: BigInt(next_offset),
  }));
}

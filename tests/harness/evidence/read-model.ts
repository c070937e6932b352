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
    };
    return { rows, positions: await positionsIn(query) };
  } finally {
    await database.end();
  }
}

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

import { OrderConfirmed, OrderSubmitted } from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import type { ReadModel } from '@atelier/read-model';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { CustomersProjection } from './customers/customers.projection.ts';
import type { Rows } from './rows.ts';
import { SalesProjection } from './sales/sales.projection.ts';

let statements: CompiledQuery[];
const database = new Kysely<ReadModel>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  log: ({ query }) => void statements.push(query),
});
beforeEach(() => void (statements = []));

const money = { amount: 450n, currency: 'EUR' };
const lines = [{ sku: 'POT', quantity: 2, unitPrice: money }];

/** So many events, of all partitions. */
const placed = <M extends Message>(message: M): Placed<M>[] =>
  Array.from({ length: 3_000 }, (_, n) => ({
    ...message,
    metadata: { id: `${n}`, time: n, subject: 'a', source: 'spec', correlationId: 'c', version: 1 },
    position: { topic: 'orders.events', partition: n % 6, offset: BigInt(n) },
  }));

const order = { orderId: 'a', lines, total: money };
const confirmed = placed(OrderConfirmed({ ...order, customerId: 'ada', email: 'ada@example.com' }));
const submitted = placed(
  OrderSubmitted({ ...order, customer: { id: 'ada', contact: 'ada@example.com' }, channel: 'web' }),
);

describe('events of one kind, however many', () => {
  it.each([
    ['sales', (rows: Rows) => new SalesProjection().sold(confirmed, rows)],
    ['placed orders of customers', (rows: Rows) => new CustomersProjection().placed(submitted, rows)],
    ['confirmed orders of customers', (rows: Rows) => new CustomersProjection().confirmed(confirmed, rows)],
  ])('are one statement with one parameter: %s', async (_, project) => {
    await database.transaction().execute(project);
    expect(statements.map(({ parameters }) => parameters.length)).toEqual([1]);
  });
});

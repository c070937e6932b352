import { type Kysely, sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { Standstill } from '@atelier/local-stack';
import type { Platform } from '../platform.ts';
import { uuidsIn } from '../uuids.ts';
import { CommittedEvents } from './committed-events.ts';
import {
  type Check,
  conservation,
  type Facts,
  type Mail,
  type OrderRow,
  type ProductRow,
} from './conservation.ts';
import { databaseAt } from './database.ts';

/** Looks until everything holds, or nothing changes any more: after the last order is settled, stock and mail are still under way. */
export async function factsAtRest(
  platform: Platform,
  run: readonly string[],
  standstillMs: number,
): Promise<{ facts: Facts; checks: Check[] }> {
  const database = databaseAt(platform.postgres);
  const log = new CommittedEvents(platform);
  const look = async (): Promise<Facts> => {
    const rows = await readModel(database);
    return { ...rows, events: await log.refresh(), mails: await mailsOf(platform.mail, run), run };
  };
  try {
    const standstill = new Standstill({ standstillMs });
    for (let facts: Facts; ; await sleep(500)) {
      try {
        facts = await look();
      } catch (error) {
        // A part may be down for a moment: somebody is killing things.
        standstill.look();
        if (standstill.verdict) throw error;
        continue;
      }
      const checks = conservation(facts);
      const wrong = checks.reduce((sum, { violations }) => sum + violations.length, 0);
      standstill.look(wrong);
      if (wrong === 0 || standstill.verdict) return { facts, checks };
    }
  } finally {
    await database.destroy();
    await log.close();
  }
}

/** One snapshot of the rows. */
function readModel(database: Kysely<unknown>): Promise<Pick<Facts, 'orders' | 'products'>> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (rows) => {
      const orders = await sql<OrderRow>`
        select order_id as "orderId", status from read_model.orders`.execute(rows);
      const products = await sql<ProductRow>`
        select sku, on_hand as "onHand", reserved from read_model.products`.execute(rows);
      return { orders: orders.rows, products: products.rows };
    });
}

interface MailDevMail {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The e-mails of these orders. */
async function mailsOf(mail: string, run: readonly string[]): Promise<Mail[]> {
  const received = (await (await fetch(`${mail}/email`)).json()) as MailDevMail[];
  const orders = new Set(run);
  return received
    .filter(({ text }) => uuidsIn(text).some((id) => orders.has(id)))
    .map(({ headers, text }) => ({ messageId: headers['message-id'] ?? '', text }));
}

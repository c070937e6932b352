import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commandLine } from '../command-line.ts';
import { type Platform, runningPlatform } from '../platform.ts';
import { Random } from '../random.ts';
import { factsAtRest } from './facts.ts';
import { type Options, readOptions, usage } from './options.ts';
import { type BadLine, planOrders, type PlannedOrder, readOrders } from './orders.ts';
import { Patience } from './patience.ts';
import { inParallel, place, type Placed, type Refused } from './place.ts';
import { Progress } from './progress.ts';
import { complaints, report } from './report.ts';
import { stocked } from './stocked.ts';

/** Places the orders and reports on them; true if all is well. */
async function demo(options: Options): Promise<boolean> {
  const platform = await runningPlatform(process.env['DATA_DIR'] || '.data');
  const patience = new Patience(options.timeoutMs);
  const { orders, bad } = await ordersOf(platform, options, patience);
  const progress = new Progress(orders.length);
  const began = performance.now();
  const results = await inParallel(orders, options.concurrency, async (order) => {
    const result = await place(platform.gateway, order, patience);
    patience.renew();
    progress.advance();
    return result;
  });
  const seconds = (performance.now() - began) / 1_000;
  const placed = results.filter((result): result is Placed => 'orderId' in result);
  const refused = results.filter((result): result is Refused => 'reason' in result);
  const run = { placed, refused, bad, seconds };
  const orderIds = placed.map(({ orderId }) => orderId);
  const { facts, checks } = await factsAtRest(platform, orderIds, options.timeoutMs);
  console.log(report(run, facts, checks));
  return complaints(run, checks).length === 0;
}

async function ordersOf(
  platform: Platform,
  { file, orders: count, seed }: Options,
  patience: Patience,
): Promise<{ orders: PlannedOrder[]; bad: BadLine[] }> {
  const run = `demo-${randomUUID().slice(0, 8)}`;
  if (file !== undefined) return readOrders(readFileSync(file, 'utf8'), run);
  const products = await stocked(platform.gateway, count, run, patience);
  console.log(`${count} orders of ${products.length} products, --seed ${seed}`);
  return { orders: planOrders(count, products, new Random(seed), run), bad: [] };
}

try {
  process.exitCode = (await demo(commandLine(usage, readOptions))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

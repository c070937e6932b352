import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine } from '../command-line.ts';
import { planOrders, type PlannedOrder } from '../demo/orders.ts';
import { Patience } from '../demo/patience.ts';
import { inParallel, place } from '../demo/place.ts';
import { stocked } from '../demo/stocked.ts';
import { type Platform, runningPlatform } from '../platform.ts';
import { Random } from '../random.ts';
import { idleTable, type Measured, orderTable, usedBetween } from './cost.ts';
import { type Options, ordersFor, readOptions, usage } from './options.ts';
import { type CpuTimes, cpuTimes, processesOf, socketsOf } from './processes.ts';
import { type Ends, Transactions } from './transactions.ts';

const PATIENCE_MS = 120_000;
/** Without a transaction for so many looks, so many milliseconds apart, what follows from orders has ended. */
const STILL_LOOKS = 4;
const LOOK_MS = 500;

/** What has happened until a moment. */
interface Reading {
  readonly cpu: CpuTimes;
  readonly ends: Ends;
}

class OrderCost {
  private readonly platform: Platform;
  private readonly processes: Readonly<Record<string, number>>;
  private readonly transactions: Transactions;
  private readonly random: Random;

  constructor(platform: Platform, processes: Readonly<Record<string, number>>, seed: number) {
    this.platform = platform;
    this.processes = processes;
    this.transactions = new Transactions(platform.kafka);
    this.random = new Random(seed);
  }

  async idle(seconds: number): Promise<string> {
    const before = (await this.still()).cpu;
    await sleep(seconds * 1_000);
    const used = usedBetween(before, cpuTimes(this.processes));
    const sockets = (name: string) => socketsOf(this.processes[name] ?? 0);
    return idleTable(used, seconds, availableParallelism(), sockets);
  }

  /** Throws a sentence where an order was not settled. */
  async measure(count: number, inFlight: number): Promise<Measured> {
    const orders = await this.planned(count);
    const before = await this.still();
    const patience = new Patience(PATIENCE_MS);
    const began = performance.now();
    const results = await inParallel(orders, inFlight, async (order) => {
      const result = await place(this.platform.gateway, order, patience);
      patience.renew();
      if ('reason' in result) throw new Error(`${order.name} was not taken: ${result.reason}`);
      return result.ms;
    });
    const seconds = (performance.now() - began) / 1_000;
    const after = await this.still();
    const transactions = await this.transactions.between(before.ends, after.ends);
    return { inFlight, times: results, seconds, transactions, cpu: usedBetween(before.cpu, after.cpu) };
  }

  close(): Promise<void> {
    return this.transactions.close();
  }

  private async planned(count: number): Promise<PlannedOrder[]> {
    const run = `measure-${randomUUID().slice(0, 8)}`;
    const products = await stocked(this.platform.gateway, count, run, new Patience(PATIENCE_MS));
    return planOrders(count, products, this.random, run);
  }

  /**
   * The reading of the moment since when no transaction has ended: stock and mail are under way after an order is settled. Throws a
   * sentence where that never comes.
   */
  private async still(): Promise<Reading> {
    let since = await this.reading();
    let looks = 0;
    for (const deadline = performance.now() + PATIENCE_MS; looks < STILL_LOOKS; looks++) {
      if (performance.now() > deadline)
        throw new Error('Transactions go on and on: is somebody else at work on the platform?');
      await sleep(LOOK_MS);
      const now = await this.reading();
      if (now.ends.every((end, partition) => end === since.ends[partition])) continue;
      since = now;
      looks = -1;
    }
    return since;
  }

  private async reading(): Promise<Reading> {
    return { ends: await this.transactions.ends(), cpu: cpuTimes(this.processes) };
  }
}

async function main({ inFlight, orders, warmUp, idleSeconds, seed }: Options): Promise<void> {
  const dataDir = process.env['DATA_DIR'] || '.data';
  const platform = await runningPlatform(dataDir);
  const cost = new OrderCost(platform, processesOf(dataDir), seed);
  try {
    console.log(`--seed ${seed}; ${availableParallelism()} cores`);
    if (warmUp > 0) await cost.measure(warmUp, Math.min(warmUp, 16));
    if (idleSeconds > 0) console.log(`\n${await cost.idle(idleSeconds)}`);
    const measured: Measured[] = [];
    for (const places of inFlight) measured.push(await cost.measure(orders ?? ordersFor(places), places));
    console.log(`\nof one order:\n${orderTable(measured)}`);
  } finally {
    await cost.close();
  }
}

try {
  await main(commandLine(usage, readOptions));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

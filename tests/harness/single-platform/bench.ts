import { join } from 'node:path';
import { Random } from '../../../tools/random.ts';
import type { Violation } from '../checks/violation.ts';
import { commandOf, type Evidence } from '../evidence/evidence.ts';
import { Poison } from '../load/poison.ts';
import { until } from '../waiting.ts';
import { History } from '../load/history.ts';
import { Ledger } from '../load/ledger.ts';
import { OrderLoad } from '../load/order-load.ts';
import { plenty } from '../load/planned-order.ts';
import { assignments } from '../evidence/assignments.ts';
import { LogWatch } from '../evidence/log-watch.ts';
import { Mailbox } from '../evidence/mailbox.ts';
import { readRows } from '../evidence/read-model.ts';
import type { SinglePlatform } from './single-platform.ts';

const STOCK = 1_000_000;

/** A platform under a load of orders, and all that is known about both. */
export class Bench {
  readonly platform: SinglePlatform;
  readonly ledger = new Ledger();
  readonly random: Random;
  readonly history: History;
  readonly load: OrderLoad;
  readonly watch: LogWatch;
  private readonly poison: Poison;
  private readonly mailbox: Mailbox;

  private constructor(
    platform: SinglePlatform,
    directory: string,
    { seed, inFlight }: { readonly seed: number; readonly inFlight: number },
  ) {
    const { stack, dataDir, gateway } = platform;
    this.platform = platform;
    this.random = new Random(seed);
    this.history = new History(join(directory, 'history.ndjson'));
    this.poison = new Poison(stack.kafka.bootstrap);
    this.watch = new LogWatch(stack.kafka.bootstrap, stack.registryUrl, this.ledger, this.poison);
    this.mailbox = new Mailbox(join(dataDir, 'mail'), join(dataDir, 'logs', 'mail.log'));
    const load = { gateways: [gateway], run: `seed-${seed}`, inFlight };
    this.load = new OrderLoad(load, new Random(seed + 1), this.ledger, this.history);
  }

  /** `directory`: where the history is written. Nothing is ordered before the load is resumed. */
  static async on(
    platform: SinglePlatform,
    directory: string,
    load: { readonly seed: number; readonly inFlight: number },
  ): Promise<Bench> {
    await Promise.all(plenty.map((sku) => receive(platform.gateway, sku)));
    return new Bench(platform, directory, load);
  }

  /** Orders until so many more are acknowledged, or a few more than that; resolves when they are settled. Answers how many. */
  async order(count: number): Promise<number> {
    const { ledger, load } = this;
    const before = ledger.acknowledged.size;
    load.resume();
    await this.advance(`${count} orders are acknowledged`, () => ledger.acknowledged.size - before, count);
    await load.pause();
    const settled = () => ledger.open === 0;
    await until('they are settled', settled, { progress: () => ledger.settledCount });
    return ledger.acknowledged.size - before;
  }

  /** Waits until something has come so far. Throws when it does not get on. */
  async advance(what: string, reached: () => number | Promise<number>, enough: number): Promise<void> {
    let far = 0;
    await until(
      () => `${what}: stuck at ${far} of ${enough}`,
      async () => (far = await reached()) >= enough,
      { progress: () => far },
    );
  }

  /** E-mails that arrived, each counted once. */
  get mails(): number {
    return new Set(this.mailbox.read().map(({ messageId }) => messageId)).size;
  }

  /** What clients were told that is wrong whatever happens, and ends of services that nobody asked for. */
  get failures(): Violation[] {
    return [
      ...this.ledger.wrongAnswers.map((answer) => ({ kind: 'answered-wrongly', answer }) as const),
      ...this.platform.crashes.map((crash) => ({ kind: 'service-crashed', crash }) as const),
    ];
  }

  /** Everything there is to know about the orders. */
  async evidence(): Promise<Evidence> {
    await this.watch.catchUp();
    const { rows } = await readRows(this.platform.stack.postgresUrl);
    const { acknowledged, unknownKeys, repeatedKeys } = this.ledger;
    return {
      events: this.watch.events.filter(isOfOrders),
      commands: this.watch.commands.filter(isOfOrders).map(commandOf),
      rows,
      mails: this.mailbox.read(),
      // Cut off or ended, it is the same: e-mails that it has taken over, and not said so, are sent again.
      mailRestarts: this.mailbox.restarts + this.platform.mailCuts,
      assignments: assignments([...this.platform.services.values()]),
      told: {
        acknowledged: new Map([...acknowledged].map(([orderId, { key }]) => [orderId, key])),
        unknown: unknownKeys,
        repeated: repeatedKeys,
      },
      logs: [],
      readers: [],
      positions: [],
      kills: [],
    };
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.watch.stop();
    await this.poison.close();
    await this.history.close();
  }
}

/** Not those about dead letters, nor copies of failed records. */
const isOfOrders = ({ topic }: { readonly topic: string }) =>
  /^(orders|inventory)\.(commands|events)$/.test(topic);

async function receive(gateway: string, sku: string): Promise<void> {
  const answer = await fetch(`${gateway}/v1/products/${sku}/receipts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `stock-${sku}` },
    body: JSON.stringify({ quantity: STOCK }),
  });
  if (!answer.ok)
    throw new Error(`The receipt of ${sku} was answered ${answer.status}: ${await answer.text()}`);
}

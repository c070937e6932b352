import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../tools/random.ts';
import type { History } from './history.ts';
import type { Ledger } from './ledger.ts';
import { planOrder, type PlannedOrder } from './planned-order.ts';

export interface LoadOptions {
  readonly gateways: readonly string[];
  readonly run: string;
  /** Orders that may be unsettled, and orders that may be under way, at once. */
  readonly inFlight: number;
  /** Milliseconds after which a client gives up waiting for an answer; 15,000 unless given. */
  readonly patienceMs?: number;
}

/** Milliseconds after which somebody asks, although nothing is settled: how else would clients meet a fault? */
const LONGEST_SILENCE_MS = 500;

/** Clients who place orders as fast as they are settled, and repeat each request under its key until it is acknowledged. */
export class OrderLoad {
  private readonly options: LoadOptions;
  private readonly random: Random;
  private readonly ledger: Ledger;
  private readonly history: History;
  private readonly underWay = new Set<Promise<void>>();
  private placed = 0;
  private lastAt = 0;
  private paused = true;
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(options: LoadOptions, random: Random, ledger: Ledger, history: History) {
    this.options = options;
    this.random = random;
    this.ledger = ledger;
    this.history = history;
    this.loop = this.run();
  }

  resume(): void {
    this.paused = false;
  }

  /** Resolves when every request under way was answered. */
  async pause(): Promise<void> {
    this.paused = true;
    await Promise.all(this.underWay);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    await this.pause();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      if (this.paused || !this.hasRoom()) await sleep(5);
      else this.begin(planOrder(this.options.run, ++this.placed, this.random));
    }
  }

  private hasRoom(): boolean {
    const { inFlight } = this.options;
    if (this.underWay.size >= inFlight) return false;
    const unsettled = this.placed - this.ledger.settledCount;
    return unsettled < inFlight || Date.now() - this.lastAt > LONGEST_SILENCE_MS;
  }

  private begin(order: PlannedOrder): void {
    this.lastAt = Date.now();
    const placing = this.place(order).finally(() => this.underWay.delete(placing));
    this.underWay.add(placing);
  }

  private async place(order: PlannedOrder): Promise<void> {
    if (order.repeated) this.ledger.repeatedKeys.add(order.key);
    const [orderId] = await Promise.all([
      this.acknowledged(order, 0),
      order.repeated && this.acknowledged(order, 1),
    ]);
    if (order.cancelled && orderId) await this.cancel(order, orderId);
  }

  /** Repeats the request until it is acknowledged: no answer, 503 and 408 mean that nobody knows. */
  private async acknowledged(order: PlannedOrder, client: number): Promise<string | undefined> {
    for (let unknown = 0; !this.stopped; unknown++) {
      const { status, body } = await this.post(
        client + order.number + unknown,
        '/v1/orders',
        order.key,
        order.body,
      );
      if (status === 202 || status === 201) {
        const orderId = String(body['orderId']);
        this.ledger.acknowledge({ key: order.key, orderId, unknown });
        this.history.write('acknowledged', { key: order.key, orderId, unknown });
        return orderId;
      }
      if (!isUnknown(status)) {
        this.ledger.wrongAnswers.push(`${order.key} was answered ${status}: ${JSON.stringify(body)}`);
        return undefined;
      }
      this.ledger.doubt(order.key, status);
      this.history.write('unknown', { key: order.key, status });
      await sleep(250);
    }
    return undefined;
  }

  private async cancel(order: PlannedOrder, orderId: string): Promise<void> {
    for (let unknown = 0; !this.stopped; unknown++) {
      const path = `/v1/orders/${orderId}/cancel`;
      const { status, body } = await this.post(unknown, path, `${order.key}-cancel`, {
        reason: 'changed my mind',
      });
      if (isUnknown(status)) await sleep(250);
      else {
        // 409: it was settled before.
        if (![200, 202, 409].includes(status))
          this.ledger.wrongAnswers.push(
            `cancelling ${orderId} was answered ${status}: ${JSON.stringify(body)}`,
          );
        return;
      }
    }
  }

  private async post(turn: number, path: string, key: string, body: object) {
    const { gateways, patienceMs = 15_000 } = this.options;
    try {
      const response = await fetch(`${gateways[turn % gateways.length]}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, 'x-client-id': 'faults' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patienceMs),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    } catch {
      return { status: 0, body: {} };
    }
  }
}

/** No answer, one that says that the gateway does not know, or one that says that it has not read the request (RFC 9110, 15.5.9). */
const isUnknown = (status: number) => status === 0 || status === 503 || status === 408;

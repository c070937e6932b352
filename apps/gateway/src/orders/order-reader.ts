import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Answers } from '../commands/answers.ts';
import { EventLogQueries } from '../events/event-log.queries.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import type { Caller, Timeout } from '../http/caller.ts';
import type { Moment } from '../past/moment.ts';
import type { PastState } from '../past/past.schema.ts';
import { orderAggregate, PastStates, type Step } from '../past/past-states.ts';
import { notFound, Problem } from '../problem/problem.ts';
import { Barrier, deadLetterPipeline, orderHistoryPipeline, orderPipeline } from '../read-model/barrier.ts';
import { AcceptedOrders } from './accepted-orders.ts';
import { OrderQueries } from './order.queries.ts';
import type { Order } from './order.schema.ts';
import { SetAside } from './set-aside.ts';

const lookEveryMs = 10;

/** Reads orders so that one that was accepted is never said to be unknown. */
@Injectable()
export class OrderReader {
  constructor(
    private readonly orders: OrderQueries,
    private readonly accepted: AcceptedOrders,
    private readonly log: EventLogQueries,
    private readonly barrier: Barrier,
    private readonly answers: Answers,
    private readonly setAside: SetAside,
    private readonly past: PastStates,
  ) {}

  async get(orderId: string): Promise<Order> {
    const known = await this.orders.find(orderId);
    if (known) return known;
    await this.setAside.refuse(orderId);
    return this.accepted.find(orderId) ?? this.awaited(orderId);
  }

  async history(orderId: string): Promise<CommittedEvent[]> {
    const events = await this.log.history(orderPipeline.events, orderId);
    if (events.length > 0) return events;
    await this.get(orderId);
    await this.barrier.caughtUp(orderHistoryPipeline, [orderId]);
    return this.log.history(orderPipeline.events, orderId);
  }

  /** Its state at a moment of the past. */
  async at(orderId: string, moment: Moment): Promise<PastState> {
    const state = await this.past.at(orderAggregate, orderId, moment);
    if (state) return state;
    await this.get(orderId);
    throw notFound(`event of order ${orderId} yet`);
  }

  /** What each of its events did to it. */
  async steps(orderId: string): Promise<Step[]> {
    const steps = await this.past.all(orderAggregate, orderId);
    if (steps.length > 0) return steps;
    await this.history(orderId);
    return this.past.all(orderAggregate, orderId);
  }

  /**
   * The order as soon as it is settled and the read model says so, or undefined when the time is up. Throws if
   * its command was set aside by then.
   */
  async settled(orderId: string, timeout: Timeout & Pick<Caller, 'wrote'>): Promise<Order | undefined> {
    const deadline = Date.now() + timeout.ms;
    const event = await this.answers.to({ settledOrder: orderId }, timeout);
    if (event) {
      timeout.wrote(event);
      return this.atVersion(orderId, event.version, { ...timeout, ms: deadline - Date.now() });
    }
    await this.setAside.refuse(orderId);
    return undefined;
  }

  /** The order once the read model has come to this version of it. The read model is looked at once at least. */
  async atVersion(orderId: string, version: number, { ms, gone }: Timeout): Promise<Order | undefined> {
    const deadline = Date.now() + ms;
    for (;;) {
      const order = await this.orders.find(orderId);
      if (order && order.version >= version) return order;
      if (Date.now() >= deadline || gone.aborted) return undefined;
      await sleep(lookEveryMs);
    }
  }

  /** What was accepted is in the read model, or set aside, before it is said that there is none. */
  private async awaited(orderId: string): Promise<Order> {
    await this.barrier.caughtUp(orderPipeline, [orderId]);
    const order = await this.orders.find(orderId);
    if (order) return order;
    await this.barrier.caughtUp(deadLetterPipeline, [orderId]).catch(unlessLate);
    await this.setAside.refuse(orderId);
    throw notFound(`order ${orderId}`);
  }
}

/** Whoever only asks for an order need not wait for those who look after dead letters. */
function unlessLate(error: unknown): void {
  if (!(error instanceof Problem && error.status === 503)) throw error;
}

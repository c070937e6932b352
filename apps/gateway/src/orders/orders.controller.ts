import type { CancelOrder, OrderCancelled } from '@atelier/contracts';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AnswerTo } from '../commands/event-roles.ts';
import { difference } from '../dead-letters/originals/difference.ts';
import { committedEvent, type CommittedEvent, shownWas } from '../events/committed-event.ts';
import { type Caller, callerHeaders, FromCaller } from '../http/caller.ts';
import { cursorAtTime } from '../http/cursor.ts';
import { etagOf, noneMatchFails } from '../http/etag.ts';
import { idOf } from '../http/uuid.ts';
import { Operation } from '../openapi/operation.ts';
import { type MomentQuery, momentOf, momentQuery } from '../past/moment.ts';
import { shownState, type Step } from '../past/past-states.ts';
import { Problem } from '../problem/problem.ts';
import { OrderCancellation } from './order-cancellation.ts';
import { OrderPlacement } from './order-placement.ts';
import { OrderQueries } from './order.queries.ts';
import { OrderReader } from './order-reader.ts';
import * as docs from './orders.docs.ts';
import { PendingHint } from './pending-hint.ts';
import {
  type Cancellation,
  cancellation,
  type HistoryQuery,
  historyQuery,
  type Order,
  type OrderFilter,
  orderFilter,
  type OrderHistory,
  type OrderPage,
  type OrderRequest,
  orderRequest,
  type PastOrder,
} from './order.schema.ts';

type Reply = FastifyReply;
const anOrder = idOf('order');

@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly placement: OrderPlacement,
    private readonly cancellation: OrderCancellation,
    private readonly reader: OrderReader,
    private readonly orders: OrderQueries,
    private readonly hints: PendingHint,
  ) {}

  @Post()
  @Operation(docs.place)
  async place(
    @Body({ schema: orderRequest }) body: OrderRequest,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Order> {
    const deadline = deadlineOf(caller);
    const placed = await this.placement.place(body, caller);
    const settled = caller.wait
      ? await this.reader.settled(placed.orderId, { ...caller, ms: deadline - Date.now() })
      : undefined;
    reply
      .status(settled ? 201 : 202)
      .headers({ Location: `/v1/orders/${placed.orderId}`, ...callerHeaders(caller) });
    return settled ?? placed;
  }

  @Get()
  @Operation(docs.list)
  async list(@Query({ schema: orderFilter }) filter: OrderFilter): Promise<OrderPage> {
    const { customerId, status, limit, cursor: after } = filter;
    const found = await this.orders.list({ customerId, status, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? cursorAtTime(last.placedAt, last.orderId) : null };
  }

  @Get(':orderId')
  @Operation(docs.get)
  async get(
    @Param('orderId', anOrder) orderId: string,
    @Query({ schema: momentQuery }) query: MomentQuery,
    @Headers('if-none-match') noneMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Order | PastOrder | undefined> {
    const moment = momentOf(query);
    if (moment) return { orderId, ...(await this.reader.at(orderId, moment)) };
    const order = await this.reader.get(orderId);
    const etag = etagOf(order.stale ? `${order.version}-stale` : order.version);
    reply.headers({ ETag: etag, 'Cache-Control': 'no-cache' });
    const { hint } = await this.hints.of(order);
    if (hint !== undefined) return { ...order, hint };
    if (!noneMatchFails(noneMatch, etag)) return order;
    reply.status(304);
    return undefined;
  }

  @Post(':orderId/cancel')
  @HttpCode(202)
  @Operation(docs.cancel)
  async cancel(
    @Param('orderId', anOrder) orderId: string,
    @Body({ schema: cancellation }) body: Cancellation,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Order> {
    const deadline = deadlineOf(caller);
    const order = await this.reader.get(orderId);
    const answer = await this.cancellation.cancel(orderId, body, caller);
    reply.headers({ Location: `/v1/orders/${orderId}`, ...callerHeaders(caller) });
    if (!caller.wait || !answer) return { ...order, ...stayingHint(order) };
    const { version } = cancellationIn(answer);
    const timeout = { ms: deadline - Date.now(), gone: caller.gone };
    const cancelled = await this.reader.atVersion(orderId, version, timeout);
    if (cancelled) reply.status(200);
    return cancelled ?? order;
  }

  @Get(':orderId/events')
  @Operation(docs.history)
  async history(
    @Param('orderId', anOrder) orderId: string,
    @Query({ schema: historyQuery }) { diff }: HistoryQuery,
  ): Promise<OrderHistory> {
    if (diff === 'true') return (await this.reader.steps(orderId)).map(shownStep);
    return (await this.reader.history(orderId)).map(shownEvent);
  }
}

const shownEvent = (event: CommittedEvent): OrderHistory[number] => {
  const { version, type, time, data, topic, partition, offset } = event;
  return { version, type, time, data, topic, partition, offset, ...shownWas(event) };
};

function shownStep({ event, before, after }: Step): OrderHistory[number] {
  const [from, to] = [shownState(before), shownState(after)];
  return {
    ...shownEvent(committedEvent({ event, ...event.position })),
    before: from,
    after: to,
    changes: difference(from, to),
  };
}

const deadlineOf = ({ wait = 0 }: Caller) => Date.now() + wait * 1_000;

/** Who does not wait is told nothing else of the refusal. */
const stayingHint = ({ status }: Order) =>
  status === 'confirmed' || status === 'rejected'
    ? { hint: `It is ${status}, and stays so: ask with Prefer: wait=N to be told how it was decided` }
    : {};

function cancellationIn(answer: CommittedEvent<AnswerTo<CancelOrder>>): CommittedEvent<OrderCancelled> {
  switch (answer.type) {
    case 'OrderCancelled':
      return answer;
    case 'OrderCancellationRefused': {
      const { orderId, reason } = answer.data;
      const detail = `Order ${orderId} cannot be cancelled: ${reason}`;
      throw new Problem(409, 'cancellation-refused', detail, { extensions: { reason } });
    }
  }
}

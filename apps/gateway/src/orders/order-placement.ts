import { commandId, orderIdFor, PlaceOrder } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import type { AnswerTo } from '../commands/event-roles.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import { answerTimeout, type Caller } from '../http/caller.ts';
import { requestHash } from '../http/request-hash.ts';
import { Problem } from '../problem/problem.ts';
import { AcceptedOrders } from './accepted-orders.ts';
import type { Order, OrderRequest } from './order.schema.ts';
import { formerlyPlaced, pendingOrder, type PlacedOrder, placedOrder } from './pending-order.ts';
import { Pricing } from './pricing.ts';

@Injectable()
export class OrderPlacement {
  constructor(
    private readonly commands: Commands,
    private readonly pricing: Pricing,
    private readonly accepted: AcceptedOrders,
  ) {}

  /** The order as it was placed, by this request or by an earlier one with the same key. */
  async place(body: OrderRequest, caller: Caller): Promise<Order> {
    const { client, key, traceparent, wrote } = caller;
    const orderId = orderIdFor(client, key);
    const request = { commandId: commandId(client, key), requestHash: requestHash(body), traceparent, wrote };
    this.accepted.refuseReuse(orderId, request.requestHash);
    const sentAt = new Date().toISOString();
    const { channel = 'web' } = body;
    let lines: PlacedOrder['lines'] = [];
    const answer = await this.commands.ask(PlaceOrder, request, answerTimeout(caller), async () => {
      lines = await this.pricing.price(body.lines);
      return { ...body, orderId, lines, channel };
    });
    const order = answer
      ? placedIn(answer)
      : pendingOrder({ ...body, orderId, lines, channel }, { version: 0, time: sentAt });
    this.accepted.remember(order, request.requestHash);
    return order;
  }
}

function placedIn(answer: CommittedEvent<AnswerTo<PlaceOrder>>): Order {
  switch (answer.type) {
    case 'OrderSubmitted':
      return pendingOrder(placedOrder(answer.data), answer);
    case 'OrderPlaced':
      return pendingOrder(formerlyPlaced(answer.data), answer);
    case 'OrderPlacementRefused':
      throw new Problem(422, 'order-refused', `The order was refused: ${answer.data.reason}`);
  }
}

import { AddProduct, type AnyCommand, commandId, ReceiveStock } from '@atelier/contracts';
import type { MessageType } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import type { AnswerTo } from '../commands/event-roles.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import { answerTimeout, type Caller } from '../http/caller.ts';
import { requestHash } from '../http/request-hash.ts';
import { Problem } from '../problem/problem.ts';
import { ProductQueries } from './product.queries.ts';
import type { NewProduct, Receipt } from './product.schema.ts';

/** New products, and new stock of products. */
@Injectable()
export class StockIntake {
  constructor(
    private readonly commands: Commands,
    private readonly products: ProductQueries,
  ) {}

  async add(body: NewProduct, caller: Caller): Promise<void> {
    const { amount, currency } = body.unitPrice;
    const answer = await this.ask(AddProduct, 'add-product', body, caller, async () => {
      // With a key of the client's it may be a repeat, whose answer is on its way: then only the decider knows.
      const exists = !caller.keyWasGiven && (await this.products.bySku([body.sku])).has(body.sku);
      if (exists) throw productExists(body.sku);
      return { ...body, unitPrice: { amount: BigInt(amount), currency } };
    });
    if (answer) refuseUnlessAdded(answer);
  }

  async receive(sku: string, body: Receipt, caller: Caller): Promise<void> {
    await this.products.get(sku);
    const answer = await this.ask(ReceiveStock, `receive ${sku}`, body, caller, () => ({ sku, ...body }));
    if (answer) refuseUnlessReceived(answer);
  }

  /** A key is good for one resource: the same key for another is another request. */
  private ask<Command extends AnyCommand>(
    command: MessageType<Command>,
    resource: string,
    body: unknown,
    caller: Caller,
    data: () => Command['data'] | Promise<Command['data']>,
  ): Promise<CommittedEvent<AnswerTo<Command>> | undefined> {
    const { client, key, traceparent, wrote } = caller;
    const id = commandId(client, `${resource} ${key}`);
    const request = { commandId: id, requestHash: requestHash(body), traceparent, wrote };
    return this.commands.ask(command, request, answerTimeout(caller), data);
  }
}

function refuseUnlessAdded(answer: CommittedEvent<AnswerTo<AddProduct>>): void {
  switch (answer.type) {
    case 'ProductAdded':
      return;
    case 'ProductAdditionRefused': {
      const { sku, reason } = answer.data;
      if (reason === 'already-added') throw productExists(sku);
      throw new Problem(422, 'product-refused', `The product was refused: ${reason}`);
    }
    default:
      answer satisfies never;
  }
}

function refuseUnlessReceived(answer: CommittedEvent<AnswerTo<ReceiveStock>>): void {
  switch (answer.type) {
    case 'StockReceived':
      return;
    case 'StockReceiptRefused':
      throw new Problem(422, 'receipt-refused', `The receipt was refused: ${answer.data.reason}`);
    default:
      answer satisfies never;
  }
}

const productExists = (sku: string) =>
  new Problem(409, 'product-exists', `There is a product ${sku} already`);

import {
  AddProduct,
  commandId,
  ProductAdditionRefused,
  ReceiveStock,
  StockReceiptRefused,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import { answerPatience, type Caller } from '../http/caller.ts';
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
    const answer = await this.ask('add-product', body, caller, async () => {
      // With a key of the client's it may be a repeat, whose answer is on its way: then only the decider knows.
      const exists = !caller.keyWasGiven && (await this.products.bySku([body.sku])).has(body.sku);
      if (exists) throw productExists(body.sku);
      return AddProduct({ ...body, unitPrice: { amount: BigInt(amount), currency } });
    });
    if (answer?.type === ProductAdditionRefused.type) throw refusedAddition(body.sku, answer.data['reason']);
  }

  async receive(sku: string, body: Receipt, caller: Caller): Promise<void> {
    await this.products.get(sku);
    const answer = await this.ask(`receive ${sku}`, body, caller, () => ReceiveStock({ sku, ...body }));
    if (answer?.type === StockReceiptRefused.type) {
      throw new Problem(422, 'receipt-refused', `The receipt was refused: ${answer.data['reason']}`);
    }
  }

  /** A key is good for one resource: the same key for another is another request. */
  private ask(
    resource: string,
    body: unknown,
    caller: Caller,
    command: () => Message | Promise<Message>,
  ): Promise<CommittedEvent | undefined> {
    const { client, key, traceparent } = caller;
    const id = commandId(client, `${resource} ${key}`);
    const request = { commandId: id, requestHash: requestHash(body), traceparent };
    return this.commands.ask(request, answerPatience(caller), command);
  }
}

const refusedAddition = (sku: string, reason: unknown) =>
  reason === 'already-added'
    ? productExists(sku)
    : new Problem(422, 'product-refused', `The product was refused: ${String(reason)}`);

const productExists = (sku: string) =>
  new Problem(409, 'product-exists', `There is a product ${sku} already`);

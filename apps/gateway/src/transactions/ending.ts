import { EndTransaction, transactionKey } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import { Decisions } from '../operators/decisions.ts';
import type { Caller } from '../http/caller.ts';
import type { EndAnswer, EndRequest } from './transaction.schema.ts';

/** Ends hanging transactions as operators decide. */
@Injectable()
export class Ending {
  constructor(private readonly decisions: Decisions) {}

  async end(producerId: bigint, body: EndRequest, caller: Caller): Promise<EndAnswer> {
    const { topic, partition, outcome, reason } = body;
    const startOffset = body.startOffset === undefined ? null : BigInt(body.startOffset);
    const place = { topic, partition, producerId };
    const transaction = transactionKey(place);
    // Of the producer, as the path has it: a key that was used for another of its places was used for another body.
    const request = {
      action: 'end',
      id: String(producerId),
      what: `transaction ${transaction}`,
      body,
    } as const;
    const answer = await this.decisions.ask(EndTransaction, request, caller, () => ({
      transaction,
      ...place,
      startOffset,
      outcome,
      reason,
      operator: caller.client,
    }));
    if (!answer) return { transaction, status: 'accepted' };
    return { transaction, status: 'requested', request: answer.data.request };
  }
}

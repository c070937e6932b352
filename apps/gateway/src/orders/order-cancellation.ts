import { CancelOrder, commandId } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import type { AnswerTo } from '../commands/event-roles.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import type { Caller } from '../http/caller.ts';
import { requestHash } from '../http/request-hash.ts';
import type { Cancellation } from './order.schema.ts';

@Injectable()
export class OrderCancellation {
  constructor(private readonly commands: Commands) {}

  /** The decider's answer if the client waits for it and it comes in time: cancelled, or refused. */
  cancel(
    orderId: string,
    body: Cancellation,
    caller: Caller,
  ): Promise<CommittedEvent<AnswerTo<CancelOrder>> | undefined> {
    const { client, key, wait = 0, gone, traceparent, wrote } = caller;
    const request = {
      commandId: commandId(client, `cancel ${orderId} ${key}`),
      requestHash: requestHash(body),
      traceparent,
      wrote,
    };
    return this.commands.ask(CancelOrder, request, { ms: wait * 1_000, gone }, () => ({ orderId, ...body }));
  }
}

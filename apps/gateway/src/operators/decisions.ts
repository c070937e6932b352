import { commandId } from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import { answerPatience, type Caller } from '../http/caller.ts';
import { requestHash } from '../http/request-hash.ts';
import { refused } from './refusals.ts';

/** What an operator asks for: `action` of one thing, named by `what` for people. */
export interface Request {
  readonly action: 'redrive' | 'discard' | 'restore' | 'start' | 'cancellation' | 'end';
  readonly id: string;
  readonly what: string;
  readonly body: unknown;
}

/** Sends what operators decide, each request once, and brings the decider's answer. */
@Injectable()
export class Decisions {
  constructor(private readonly commands: Commands) {}

  /** Undefined if it was not decided in time. Throws 404 or 409 when it was refused. */
  async ask(
    { action, id, what, body }: Request,
    caller: Caller,
    command: () => Message | Promise<Message>,
  ): Promise<CommittedEvent | undefined> {
    const { client, key, traceparent } = caller;
    const request = {
      commandId: commandId(`operator ${client}`, `${action} ${id} ${key}`),
      requestHash: requestHash(body),
      traceparent,
    };
    const answer = await this.commands.ask(request, answerPatience(caller), command);
    const refusal = answer?.data['refusal'];
    if (typeof refusal === 'string') throw refused(action, what, refusal);
    return answer;
  }
}

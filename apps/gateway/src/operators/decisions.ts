import { type AnyCommand, commandId } from '@atelier/contracts';
import type { MessageType } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import { Commands } from '../commands/commands.ts';
import { type AcceptanceOf, refusalIn } from '../commands/event-roles.ts';
import type { CommittedEvent } from '../events/committed-event.ts';
import { answerTimeout, type Caller } from '../http/caller.ts';
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
  async ask<Command extends AnyCommand>(
    command: MessageType<Command>,
    { action, id, what, body }: Request,
    caller: Caller,
    data: () => Command['data'] | Promise<Command['data']>,
  ): Promise<CommittedEvent<AcceptanceOf<Command>> | undefined> {
    const { client, key, traceparent, wrote } = caller;
    const request = {
      commandId: commandId(`operator ${client}`, `${action} ${id} ${key}`),
      requestHash: requestHash(body),
      traceparent,
      wrote,
    };
    const answer = await this.commands.ask(command, request, answerTimeout(caller), data);
    const refusal = answer && refusalIn(answer);
    if (refusal !== undefined) throw refused(action, what, refusal);
    return answer as CommittedEvent<AcceptanceOf<Command>> | undefined;
  }
}

import { CommandPublisher } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import type { CommittedEvent } from '../events/committed-event.ts';
import { reusedKey } from '../problem/problem.ts';
import { Answers, type Patience, refusesReusedKey } from './answers.ts';

/** One request of a client: the id of its command, and a hash of what was asked. */
export interface ClientRequest {
  readonly commandId: string;
  readonly requestHash: string;
  readonly traceparent: string | undefined;
}

/** Sends the commands that clients ask for, each request once, and brings the decider's answer. */
@Injectable()
export class Commands {
  constructor(
    private readonly publisher: CommandPublisher,
    private readonly answers: Answers,
  ) {}

  /**
   * The answer to this request: the one it got before, or else the decider's to the command, which is made only
   * then. Undefined if the command is in the log and its answer did not come in time.
   */
  async ask(
    request: ClientRequest,
    patience: Patience,
    command: () => Message | Promise<Message>,
  ): Promise<CommittedEvent | undefined> {
    return (await this.earlierAnswer(request)) ?? (await this.send(await command(), request, patience));
  }

  private async earlierAnswer({ commandId, requestHash }: ClientRequest) {
    const original = await this.answers.original(commandId);
    if (original && original.requestHash !== requestHash) throw reusedKey();
    return original;
  }

  private async send(command: Message, request: ClientRequest, patience: Patience) {
    const { commandId: id, requestHash, traceparent } = request;
    const answer = await this.answers.to(request, patience, () =>
      this.publisher.publish(command, { id, requestHash, ...(traceparent && { traceparent }) }),
    );
    if (answer && refusesReusedKey(answer)) throw reusedKey();
    return answer;
  }
}

import type { AnyCommand } from '@atelier/contracts';
import { CommandPublisher } from '@atelier/eventing';
import type { MessageType } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import type { CommittedEvent } from '../events/committed-event.ts';
import { reusedKey, unavailable } from '../problem/problem.ts';
import type { Caller, Timeout } from '../http/caller.ts';
import { Answers } from './answers.ts';
import { type AnswerTo, isAnswerTo, refusesReusedKey } from './event-roles.ts';

/** One request of a client: the id of its command, a hash of what was asked, and who is told where it is in the log. */
export interface ClientRequest extends Pick<Caller, 'traceparent' | 'wrote'> {
  readonly commandId: string;
  readonly requestHash: string;
}

/** Sends the commands that clients ask for, each request once, and brings the decider's answer. */
@Injectable()
export class Commands {
  constructor(
    private readonly publisher: CommandPublisher,
    private readonly answers: Answers,
  ) {}

  /**
   * The answer to this request: the one it got before, or else the decider's to the command, whose data are made only then.
   * Undefined if the command is in the log and its answer did not come in time. Throws 503 for an answer of a newer release.
   */
  async ask<Command extends AnyCommand>(
    command: MessageType<Command>,
    request: ClientRequest,
    timeout: Timeout,
    data: () => Command['data'] | Promise<Command['data']>,
  ): Promise<CommittedEvent<AnswerTo<Command>> | undefined> {
    const answer =
      (await this.earlierAnswer(request)) ?? (await this.send(command(await data()), request, timeout));
    if (answer) request.wrote(answer);
    if (answer && !isAnswerTo(command.type, answer)) throw newerAnswer();
    return answer as CommittedEvent<AnswerTo<Command>> | undefined;
  }

  private async earlierAnswer({ commandId, requestHash }: ClientRequest) {
    const original = await this.answers.original(commandId);
    if (original && original.requestHash !== requestHash) throw reusedKey();
    return original;
  }

  private async send(command: AnyCommand, request: ClientRequest, timeout: Timeout) {
    const { commandId: id, requestHash, traceparent, wrote } = request;
    const answer = await this.answers.to(request, timeout, async () =>
      wrote(await this.publisher.publish(command, { id, requestHash, ...(traceparent && { traceparent }) })),
    );
    if (answer && refusesReusedKey(answer)) throw reusedKey();
    return answer;
  }
}

const newerAnswer = () =>
  unavailable(
    'It was answered in a way that only a newer release knows: repeat it with the same Idempotency-Key',
  );

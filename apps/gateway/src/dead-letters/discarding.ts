import { DiscardDeadLetter, RestoreDeadLetter } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../http/caller.ts';
import { DeadLetterReader } from './dead-letter-reader.ts';
import type { DecisionAnswer, DecisionRequest } from './letters/dead-letter.schema.ts';
import { Decisions } from '../operators/decisions.ts';

/** Gives dead letters up, and takes that back. */
@Injectable()
export class Discarding {
  constructor(
    private readonly letters: DeadLetterReader,
    private readonly decisions: Decisions,
  ) {}

  async discard(deadLetterId: string, body: DecisionRequest, caller: Caller): Promise<DecisionAnswer> {
    const request = { action: 'discard', ...about(deadLetterId), body } as const;
    const answer = await this.decisions.ask(DiscardDeadLetter, request, caller, async () => {
      await this.letters.get(deadLetterId);
      return { deadLetterId, operator: caller.client, ...body };
    });
    return { deadLetterId, status: answer ? 'discarded' : 'accepted' };
  }

  async restore(deadLetterId: string, body: DecisionRequest, caller: Caller): Promise<DecisionAnswer> {
    const request = { action: 'restore', ...about(deadLetterId), body } as const;
    const answer = await this.decisions.ask(RestoreDeadLetter, request, caller, async () => {
      await this.letters.get(deadLetterId);
      return { deadLetterId, operator: caller.client, ...body };
    });
    return { deadLetterId, status: answer ? 'restored' : 'accepted' };
  }
}

const about = (deadLetterId: string) => ({ id: deadLetterId, what: `dead letter ${deadLetterId}` });

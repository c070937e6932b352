import { catalogue, RequestRedrive } from '@atelier/contracts';
import { givenBackOn } from '@atelier/eventing/domain';
import { isBatch } from '@atelier/eventing/failures';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../http/caller.ts';
import type { Problem } from '../problem/problem.ts';
import { DeadLetterReader } from './dead-letter-reader.ts';
import type { KnownDeadLetter } from './letters/dead-letter.queries.ts';
import type { RedriveAnswer, RedriveRequest, Rehearsal } from './letters/dead-letter.schema.ts';
import { Decisions } from '../operators/decisions.ts';
import type { Change } from './originals/difference.ts';
import { Edits } from './originals/edits.ts';
import { predictedRefusal } from './letters/predicted-refusal.ts';
import { OriginalRecords } from './originals/original-records.ts';
import { adviceOn, refused } from '../operators/refusals.ts';

/** Gives one dead letter back to its group, as it was or edited. */
@Injectable()
export class Redriving {
  constructor(
    private readonly letters: DeadLetterReader,
    private readonly edits: Edits,
    private readonly records: OriginalRecords,
    private readonly decisions: Decisions,
  ) {}

  async redrive(deadLetterId: string, body: RedriveRequest, caller: Caller): Promise<RedriveAnswer> {
    const request = {
      action: 'redrive',
      id: deadLetterId,
      what: `dead letter ${deadLetterId}`,
      body,
    } as const;
    const answer = await this.decisions.ask(RequestRedrive, request, caller, () =>
      this.requestOf(deadLetterId, body, caller),
    );
    if (!answer) return { deadLetterId, status: 'accepted' };
    const { redrive, difference } = answer.data;
    const changes = difference ? { difference: JSON.parse(difference) as Change[] } : {};
    return { deadLetterId, status: 'requested', redrive, ...changes };
  }

  /** What would happen. */
  async rehearse(deadLetterId: string, { value, force }: RedriveRequest): Promise<Rehearsal> {
    const { letter, edit } = await this.copy(deadLetterId, value);
    const refusal = predictedRefusal(letter, { force, now: Date.now() });
    return {
      dryRun: true,
      deadLetterId,
      would: refusal ? 'be refused' : 'be requested',
      ...(refusal && { refusal, advice: adviceOn(refusal) }),
      redrive: letter.redrive + 1,
      to: { topic: topicOfCopy(letter), partition: letter.partition },
      ...(edit && { difference: [...edit.difference] }),
    };
  }

  private async requestOf(
    deadLetterId: string,
    { reason, force, value }: RedriveRequest,
    caller: Caller,
  ): Promise<RequestRedrive['data']> {
    const { edit } = await this.copy(deadLetterId, value);
    return {
      deadLetterId,
      operator: caller.client,
      reason,
      force,
      value: edit?.value ?? null,
      difference: edit ? JSON.stringify(edit.difference) : null,
      jobId: null,
      canary: false,
    };
  }

  /** What would be given back. Throws 409 when there is nothing, so that nobody waits for it. */
  private async copy(deadLetterId: string, value: RedriveRequest['value']) {
    const letter = await this.letters.get(deadLetterId);
    const record = await this.records.find(letter);
    if (!record) throw nothingToGive(letter, 'record-missing');
    if (isBatch(record.headers)) throw nothingToGive(letter, 'unreadable-batch');
    return { letter, edit: value && (await this.edits.of(letter, record, value)) };
  }
}

/** What was settled, or is under way, needs no record: no force helps against the others. */
function nothingToGive(letter: KnownDeadLetter, refusal: string): Problem {
  const settled = predictedRefusal(letter, { force: true, now: Date.now() });
  return refused('redrive', `dead letter ${letter.deadLetterId}`, settled ?? refusal);
}

function topicOfCopy({ group, topic }: KnownDeadLetter): string {
  const spec = catalogue.groups.find((candidate) => candidate.group === group);
  return givenBackOn(spec ?? { group, kind: 'policy', topics: [] }, topic);
}

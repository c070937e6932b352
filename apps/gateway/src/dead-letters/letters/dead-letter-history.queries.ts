import {
  type DeadLetterReported,
  type DeadLettersEvent,
  DeadLettersEvents,
  type JsonData,
} from '@atelier/contracts';
import type { DeadLetterHistoryTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { type CommittedEvent, storedEvent } from '../../events/committed-event.ts';
import { Database } from '../../read-model/database.ts';
import type { Happening } from './dead-letter.schema.ts';

const mostEntries = 200;

@Injectable()
export class DeadLetterHistoryQueries {
  constructor(private readonly database: Database) {}

  /** The last failures of a dead letter and decisions about it, oldest first. */
  async of(deadLetterId: string): Promise<Happening[]> {
    const rows = await this.database
      .selectFrom('read_model.dead_letter_history')
      .selectAll()
      .where('topic', '=', DeadLettersEvents.topic)
      .where('aggregate_id', '=', deadLetterId)
      .orderBy('version', 'desc')
      .limit(mostEntries)
      .execute();
    return rows.reverse().map(happeningOf);
  }
}

function happeningOf(row: Selectable<DeadLetterHistoryTable>): Happening {
  const { operator, reason, job_id: jobId } = row;
  const event = storedEvent(row) as CommittedEvent<DeadLettersEvent>;
  const facts = Object.entries({ operator, reason, jobId, ...detailsOf(event) });
  const known = facts.filter(([, value]) => value !== undefined && value !== null);
  return { at: event.time, what: event.type, ...Object.fromEntries(known) };
}

/** What an event of a dead letter says beside who, why and in which job. */
function detailsOf(event: CommittedEvent<DeadLettersEvent>): Partial<Happening> {
  switch (event.type) {
    case 'DeadLetterReported':
      return failureOf(event.data);
    case 'RedriveFailed':
      return { ...failureOf(event.data), redrive: event.data.redrive };
    case 'RedriveRequested': {
      const { redrive, force, difference } = event.data;
      return { redrive, force, difference: difference ? JSON.parse(difference) : undefined };
    }
    case 'RedriveNotSent':
      return { redrive: event.data.redrive, refusal: event.data.refusal };
    case 'RedriveSent':
    case 'RedriveHandled':
    case 'RecordingIgnored':
      return { redrive: event.data.redrive };
    case 'RedriveRefused':
    case 'DiscardRefused':
    case 'RestoreRefused':
      return { refusal: event.data.refusal };
    case 'DeadLetterDiscarded':
    case 'DeadLetterRestored':
    case 'ReportIgnored':
      return {};
    default:
      // Of a newer release.
      event satisfies never;
      return {};
  }
}

const failureOf = ({
  attempts,
  service,
  version,
  errorClass,
  errorMessage,
}: JsonData<DeadLetterReported['data']>) => ({
  attempts,
  service,
  version,
  error: { class: errorClass, message: errorMessage },
});

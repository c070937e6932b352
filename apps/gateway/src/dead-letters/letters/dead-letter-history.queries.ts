import { DeadLettersEvents } from '@atelier/contracts';
import type { DeadLetterHistoryTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
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

function happeningOf({
  type,
  time,
  operator,
  reason,
  data,
  job_id,
}: Selectable<DeadLetterHistoryTable>): Happening {
  const { errorClass, errorMessage, difference, ...facts } = data as Facts;
  const said = {
    operator,
    reason,
    jobId: job_id,
    refusal: facts.refusal,
    redrive: facts.redrive,
    force: facts.force,
    attempts: facts.attempts,
    service: facts.service,
    version: facts.version,
    error: errorClass === undefined ? undefined : { class: errorClass, message: errorMessage ?? '' },
    difference: difference ? (JSON.parse(difference) as Happening['difference']) : undefined,
  };
  const known = Object.entries(said).filter(([, value]) => value !== undefined && value !== null);
  return { at: time.toISOString(), what: type, ...Object.fromEntries(known) };
}

/** What events of dead letters may say beside who and why. */
interface Facts {
  readonly errorClass?: string;
  readonly errorMessage?: string;
  readonly attempts?: number;
  readonly service?: string;
  readonly version?: string;
  readonly refusal?: string;
  readonly redrive?: number;
  readonly force?: boolean;
  /** JSON, as the library of messages has no type for any value. */
  readonly difference?: string | null;
}

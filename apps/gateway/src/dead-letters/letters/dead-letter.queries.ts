import type { DeadLettersTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { TimeAndId } from '../../http/cursor.ts';
import { Database } from '../../read-model/database.ts';
import type { DeadLetter, DeadLetterFilter } from './dead-letter.schema.ts';

type Row = Selectable<DeadLettersTable>;

/** A dead letter, and what it takes to find its record. */
export interface KnownDeadLetter extends DeadLetter {
  readonly traceparent: string | null;
  /** How often it had been given back before its last failure. */
  readonly redrives: number;
}

export type DeadLetterSelection = Omit<DeadLetterFilter, 'cursor'> & {
  /** The last one of the page before: when it failed, and its id. */
  readonly after: TimeAndId | undefined;
};

export interface RedriveSelection {
  readonly group: string;
  readonly fingerprint: string | undefined;
  readonly statuses: readonly DeadLetter['status'][];
  readonly failedSince: Date | undefined;
  readonly limit: number;
}

@Injectable()
export class DeadLetterQueries {
  constructor(private readonly database: Database) {}

  async find(deadLetterId: string): Promise<KnownDeadLetter | undefined> {
    const row = await this.letters.where('dead_letter_id', '=', deadLetterId).executeTakeFirst();
    return row && { ...deadLetterOf(row), traceparent: row.traceparent, redrives: row.redrives };
  }

  /** Those that failed last come first. */
  async list({ after, limit, ...filter }: DeadLetterSelection): Promise<DeadLetter[]> {
    let query = this.letters;
    for (const [column, value] of Object.entries(filter)) {
      if (value !== undefined) query = query.where(column as keyof typeof filter, '=', value);
    }
    if (after)
      query = query.where(
        sql<boolean>`(failed_at, dead_letter_id) < (${after.time}::timestamptz, ${after.id})`,
      );
    const rows = await query
      .orderBy('failed_at', 'desc')
      .orderBy('dead_letter_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(deadLetterOf);
  }

  /** The ids of what a job is to redrive: in the order in which they failed first, and those of one partition in its order. */
  async toRedrive({ group, fingerprint, statuses, failedSince, limit }: RedriveSelection): Promise<string[]> {
    const rows = await this.database
      .selectFrom('read_model.dead_letters')
      .select('dead_letter_id')
      .where('group', '=', group)
      .where('status', 'in', statuses)
      .where('not_sent', 'is', null)
      .$if(fingerprint !== undefined, (query) => query.where('fingerprint', '=', String(fingerprint)))
      .$if(failedSince !== undefined, (query) => query.where('failed_at', '>=', failedSince as Date))
      .orderBy('first_failed_at')
      .orderBy('topic')
      .orderBy('partition')
      .orderBy('offset')
      .limit(limit)
      .execute();
    return rows.map(({ dead_letter_id }) => dead_letter_id);
  }

  private get letters() {
    return this.database.selectFrom('read_model.dead_letters').selectAll();
  }
}

const deadLetterOf = (row: Row): DeadLetter => ({
  deadLetterId: row.dead_letter_id,
  status: row.status,
  group: row.group,
  topic: row.topic,
  partition: row.partition,
  offset: BigInt(row.offset),
  key: row.key,
  messageType: row.message_type,
  messageId: row.message_id,
  handler: row.handler,
  error: { class: row.error_class, message: row.error_message },
  firstError: { class: row.first_error_class, message: row.first_error_message },
  fingerprint: row.fingerprint,
  attempts: row.attempts,
  redrive: row.redrive,
  failedAt: row.failed_at.toISOString(),
  firstFailedAt: row.first_failed_at.toISOString(),
  service: row.service,
  version: row.service_version,
  ...decisionOf(row),
  ...(row.job_id !== null && { jobId: row.job_id }),
  ...(row.not_sent !== null && { notSent: row.not_sent }),
});

function decisionOf({
  decision,
  decided_by,
  decided_at,
  decision_reason,
}: Row): Pick<DeadLetter, 'decision'> {
  if (decision === null || !decided_at) return {};
  const [operator, reason] = [decided_by ?? '', decision_reason ?? ''];
  return { decision: { what: decision, operator, reason, at: decided_at.toISOString() } };
}

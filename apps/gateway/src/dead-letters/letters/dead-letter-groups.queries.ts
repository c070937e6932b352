import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../read-model/database.ts';
import type { DeadLetterGroups, GroupFilter } from './dead-letter.schema.ts';

interface Row {
  readonly fingerprint: string;
  readonly group: string;
  readonly handler: string;
  readonly error_class: string;
  readonly error_message: string;
  readonly count: number;
  readonly by_status: DeadLetterGroups[number]['byStatus'];
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly example: string;
}

@Injectable()
export class DeadLetterGroupsQueries {
  constructor(private readonly database: Database) {}

  /** Dead letters with one cause each; the cause that was seen last comes first. */
  async list({ group, all, limit }: GroupFilter): Promise<DeadLetterGroups> {
    const { rows } = await sql<Row>`
      with by_status as (
        select fingerprint, "group", status, count(*)::integer as count, min(first_failed_at) as first_seen,
               max(failed_at) as last_seen,
               (array_agg(dead_letter_id order by failed_at desc, dead_letter_id desc))[1] as example
        from read_model.dead_letters
        where (${group ?? null}::text is null or "group" = ${group ?? null})
          and (${all === 'true'}::boolean or status not in ('handled', 'discarded'))
        group by fingerprint, "group", status
      ), causes as (
        select fingerprint, "group", sum(count)::integer as count, jsonb_object_agg(status, count) as by_status,
               min(first_seen) as first_seen, max(last_seen) as last_seen,
               (array_agg(example order by last_seen desc, example desc))[1] as example
        from by_status
        group by fingerprint, "group"
        order by max(last_seen) desc, fingerprint, "group"
        limit ${limit}
      )
      select causes.*, letter.handler, letter.error_class, letter.error_message
      from causes join read_model.dead_letters letter on letter.dead_letter_id = causes.example
      order by last_seen desc, fingerprint, "group"`.execute(this.database);
    return rows.map(groupOf);
  }
}

const groupOf = (row: Row): DeadLetterGroups[number] => ({
  fingerprint: row.fingerprint,
  group: row.group,
  handler: row.handler,
  error: { class: row.error_class, message: row.error_message },
  count: row.count,
  byStatus: row.by_status,
  firstSeen: row.first_seen.toISOString(),
  lastSeen: row.last_seen.toISOString(),
  example: row.example,
});

import type { Placed } from '@atelier/eventing';
import { historyColumns, historyRow, insertHistory } from '../history.ts';
import type { Rows } from '../rows.ts';
import { sanitized } from '../sanitized.ts';

/** One row for each event: who did what with a dead letter or a job, and what came of it. */
export const recordHistory = (events: readonly Placed[], rows: Rows): Promise<void> =>
  insertHistory('read_model.dead_letter_history', events.map(rowOf), columns, rows);

const columns = { ...historyColumns, operator: 'text', reason: 'text', job_id: 'text' } as const;

interface Decision {
  readonly operator?: string;
  readonly reason?: string;
  readonly jobId?: string | null;
}

function rowOf(event: Placed) {
  const data = sanitized(event.data) as Decision;
  const { operator = null, reason = null, jobId = null } = data;
  const row = historyRow(event);
  return { ...row, operator, reason, job_id: jobId, data, was: sanitized(row.was) };
}

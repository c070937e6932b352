import type { Placed } from '@atelier/eventing';
import { historyColumns, historyRow, insertHistory } from '../history.ts';
import type { Rows } from '../rows.ts';
import { sanitized } from '../sanitized.ts';

/** One row for each event: what was found and decided, and the answer to each request. */
export const recordHistory = (events: readonly Placed[], rows: Rows): Promise<void> =>
  insertHistory('read_model.transaction_history', events.map(rowOf), historyColumns, rows);

function rowOf(event: Placed) {
  const row = historyRow(event);
  return { ...row, data: sanitized(row.data), was: sanitized(row.was) };
}

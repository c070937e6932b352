import { check, hiddenMs, isHanging } from '../../harness/checks/hanging.ts';
import type { Violation } from '../../harness/checks/violation.ts';
import type { History } from '../../harness/load/history.ts';
import type { TransactionPart } from '../../harness/log/partition-transactions.ts';
import type { Fault } from '../faults/fault.ts';
import { type HangingSummary, summaryOf } from './hanging-summary.ts';
import type { TransactionWatch } from './transaction-watch.ts';

interface OfRow {
  readonly fault: Fault;
  readonly lastFaultAt: number;
  readonly history: History;
}

/** Compares what became of every transaction of a row with what its coordinator decided; nothing where they were not followed. */
export async function judgeTransactions(
  watch: TransactionWatch | undefined,
  { fault, lastFaultAt, history }: OfRow,
): Promise<{ readonly summary?: HangingSummary; readonly violations: readonly Violation[] }> {
  if (!watch) return { violations: [] };
  try {
    const found = await watch.end(lastFaultAt);
    for (const part of found.parts.filter(isHanging)) history.write('hanging', facts(part, found.at));
    return { summary: summaryOf(found), violations: check(found, fault.hanging ?? 'none') };
  } catch (error) {
    return { violations: [{ kind: 'not-followed', reason: (error as Error).message }] };
  }
}

function facts(part: TransactionPart, at: number) {
  const { place, producerId, epoch, firstOffset, writtenAt, transaction, end } = part;
  const { transactionalId, startedAt, decided, completedAt } = transaction ?? {};
  return {
    place,
    firstOffset: String(firstOffset),
    transactionalId,
    producerId: String(producerId),
    epoch,
    ...{ startedAt, writtenAt, decided, completedAt, end, hiddenMs: hiddenMs(part, at) },
  };
}

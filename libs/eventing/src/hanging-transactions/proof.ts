import type { LoggedState, LoggedTransaction } from '../kafka/wire/transaction-log.ts';
import type { Outcome } from './hanging-transactions.ts';

const OUTCOMES: Readonly<Partial<Record<LoggedState, Outcome>>> = {
  'complete-commit': 'commit',
  'complete-abort': 'abort',
};

/**
 * How the transaction of a producer's epoch ended, by its coordinator's log, or undefined where that proves nothing. Only
 * under version 2 of transactions (KIP-890), where an epoch is one transaction: under version 1 thousands share one. Only the
 * completion counts: a decision that was written, but not by enough replicas, is followed by another. The step that completes it carries the next epoch, or the one after where the coordinator has fenced the producer; the next producer id
 * where the epochs were used up.
 */
export function provenByCoordinator(
  log: readonly LoggedTransaction[],
  producerId: bigint,
  epoch: number,
): Outcome | undefined {
  const own = log.filter((step) => step.producerId === producerId || step.previousProducerId === producerId);
  const began = own.findLastIndex(
    (step) => step.state === 'ongoing' && step.producerId === producerId && step.producerEpoch === epoch,
  );
  const ended =
    began >= 0
      ? own.slice(began + 1).find(({ state }) => OUTCOMES[state])
      : own.find((step) => OUTCOMES[step.state] && step.producerEpoch === epoch + 1);
  if (!ended || ended.version < 2) return undefined;
  return OUTCOMES[ended.state];
}

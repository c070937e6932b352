import {
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
  transactionKey,
} from '@atelier/contracts';
import type { EndResult, HangingTransaction, OpenTransaction, Outcome, Verdict } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import { v5 as uuidV5 } from 'uuid';
import { whyNot } from './why-not.ts';

/** A hanging transaction that is ended without asking anybody. */
export interface ProvenTransaction extends HangingTransaction {
  readonly verdict: Extract<Verdict, { type: 'proven' }>;
}

/** What there is to say about a transaction: to the decider, and perhaps to those who read logs. */
export interface Announcement {
  /** Derived from the transaction and from what is said of it: the same by whomever and however often it is said. */
  readonly id: string;
  readonly command: Message;
  readonly line?: { readonly level: 'log' | 'warn' | 'error'; readonly text: string };
}

const BY = 'transactions.watch';
const namespace = '5d0c1f0e-7f0a-4f57-9d0b-2a6a1f6f3c84';

/** The same for one transaction of one producer in one partition, and for no other. */
export const identityOf = (transaction: OpenTransaction) =>
  [transactionKey(transaction), transaction.producerEpoch, String(transaction.startOffset)] as const;

const idOf = (transaction: OpenTransaction, what: string) =>
  uuidV5(JSON.stringify([...identityOf(transaction), what]), namespace);

export function found({ transaction, verdict }: HangingTransaction): Announcement {
  const { since, hidden, transactionalId = null } = transaction;
  const command = ReportHangingTransaction({
    ...placeOf(transaction),
    producerEpoch: transaction.producerEpoch,
    startOffset: transaction.startOffset,
    transactionalId,
    since: BigInt(since),
    waiting: hidden,
    verdict: nameOf(verdict),
    known: verdict.type === 'proven' ? verdict.proof : verdict.known,
  });
  const id = idOf(transaction, nameOf(verdict));
  if (verdict.type === 'proven') return { id, command };
  const text = `${described(transaction)}, and an operator decides how it ends: ${verdict.known}`;
  return { id, command, line: { level: 'warn', text } };
}

/** What came of the attempt to end it. `unanswered`: an earlier attempt was not answered. */
export function attempted(
  { transaction, verdict }: ProvenTransaction,
  result: EndResult,
  unanswered: boolean,
): Announcement {
  return result.type === 'ended'
    ? ended(transaction, verdict)
    : notEnded(transaction, verdict.outcome, result.type, whyNot(result) + (unanswered ? EARLIER : ''));
}

const EARLIER = '; an earlier attempt to end it was not answered, and may have ended it';

function ended(transaction: OpenTransaction, { outcome, proof }: ProvenTransaction['verdict']): Announcement {
  const { producerEpoch, startOffset } = transaction;
  return {
    id: idOf(transaction, `ended with ${outcome}`),
    command: RecordTransactionEnded({
      ...placeOf(transaction),
      producerEpoch,
      startOffset,
      outcome,
      reason: proof,
      by: BY,
      request: null,
    }),
    line: { level: 'warn', text: `${described(transaction)}, and was ended with ${outcome}: ${proof}` },
  };
}

function notEnded(
  transaction: OpenTransaction,
  outcome: Outcome,
  result: 'gone' | 'refused',
  why: string,
): Announcement {
  const { startOffset } = transaction;
  const place = placeOf(transaction);
  return {
    id: idOf(transaction, `${result}: ${why}`),
    command: RecordTransactionNotEnded({
      ...place,
      startOffset,
      outcome,
      result,
      why,
      by: BY,
      request: null,
    }),
    line: notEndedLine(transaction, outcome, result, why),
  };
}

/** Gone is good: another instance was quicker, or its own producer has gone on and ended it. */
const notEndedLine = (
  transaction: OpenTransaction,
  outcome: Outcome,
  result: 'gone' | 'refused',
  why: string,
): NonNullable<Announcement['line']> =>
  result === 'gone'
    ? { level: 'log', text: `${described(transaction)}, and is ended by now: ${why}` }
    : { level: 'error', text: `${described(transaction)}, and was not ended with ${outcome}: ${why}` };

const nameOf = (verdict: Verdict) =>
  verdict.type === 'proven' ? `${verdict.type}-${verdict.outcome}` : verdict.type;

function placeOf(transaction: OpenTransaction) {
  const { topic, partition, producerId } = transaction;
  return { transaction: transactionKey(transaction), topic, partition, producerId };
}

function described({ topic, partition, producerId, startOffset, since, hidden, ...rest }: OpenTransaction) {
  const producer = rest.transactionalId ? `${producerId} (${rest.transactionalId})` : producerId;
  const began = new Date(since).toISOString();
  return `A transaction of producer ${producer} hangs in ${topic}-${partition} since ${began}, with ${hidden} records hidden from offset ${startOffset} on`;
}

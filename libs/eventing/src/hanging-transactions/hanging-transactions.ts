import type { OpenTransaction } from '../kafka/open-transactions/open-transactions.ts';

export type { OpenTransaction };

/** How a transaction ends: in each of its partitions, by a marker that says so. */
export type Outcome = 'commit' | 'abort';

/** What is known about a transaction that its coordinator has ended, or does not have, and a partition has open. */
export type Verdict =
  /** One of this platform's, and there is proof of how it ended. */
  | { readonly type: 'proven'; readonly outcome: Outcome; readonly proof: string }
  /** One of this platform's, and nothing proves how it ended: an operator decides. */
  | { readonly type: 'unproven'; readonly known: string }
  /** Of a producer that is not this platform's: an operator decides. */
  | { readonly type: 'foreign'; readonly known: string };

export interface HangingTransaction {
  readonly transaction: OpenTransaction;
  readonly verdict: Verdict;
}

/** Which of a partition's transactions: a producer has one open at a time, which later epochs may join. */
export interface TransactionPlace {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  /** Of the last that has joined, where that is known. */
  readonly producerEpoch?: number;
}

export type EndResult =
  | { readonly type: 'ended'; readonly transaction: OpenTransaction }
  /** The partition has no open transaction of this producer, or has another one by now. */
  | { readonly type: 'gone' }
  /** `reason` says why nothing was written: no right, its coordinator still has it, ... */
  | { readonly type: 'refused'; readonly reason: string };

/**
 * Finds transactions that no coordinator will ever end, and ends them with WriteTxnMarkers (KIP-664). Needs the right to ALTER
 * the cluster: one service has it.
 */
export abstract class HangingTransactions {
  /**
   * Looks at all partitions of the catalogue, and at those of the groups' positions; to be called about once a second.
   * Answers what hangs longer than its transaction's timeout. Rejects when brokers do not answer.
   */
  abstract find(): Promise<readonly HangingTransaction[]>;
  /**
   * Writes the marker that is missing. With `startOffset` and `producerEpoch`, only while nothing but that is open. Rejects with an error
   * that is `unavailable` when brokers do not answer: nobody knows then whether it is written, and the call may be repeated.
   */
  abstract end(place: TransactionPlace, outcome: Outcome, startOffset?: bigint): Promise<EndResult>;
}

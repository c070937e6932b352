import type { Clock } from '../time/clock.ts';
import { LogError } from '../log/errors.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { MemoryPartition, ProducerIdentity } from './memory-partition.ts';

/** Where a marker is to be written. */
type Target = MemoryPartition | GroupCoordinator;

const TIMEOUT_MS = 10_000;

interface Transaction {
  identity: ProducerIdentity;
  /** Milliseconds for which it may be open. */
  timeoutMs: number;
  /** Stops the clock of what is open. */
  untime: () => void;
  readonly targets: Set<Target>;
  /** Where markers of the transaction before were not written yet. */
  readonly marking: Set<Target>;
  /** How the transaction before has ended, while nothing has happened since. */
  ended: Outcome | undefined;
}

export type Outcome = 'committed' | 'aborted';

/** A marker on its way. Brokers with KAFKA-20734 can lose one: its transaction is complete all the same. */
export interface Marker {
  readonly target: Target;
  write(): void;
  lose(): void;
}

/**
 * What becomes of a request to commit. `aborted`: it is refused, and the transaction aborted. `unanswered`: it takes place, and
 * nobody hears of it. `lost`: it never arrives, and the transaction stays open.
 */
export type Ending = (transactionalId: string) => 'answered' | 'aborted' | 'unanswered' | 'lost';

/** How markers reach partitions and groups: at once, late, or never. */
export type Delivery = (marker: Marker) => void;

/**
 * Transactions as their coordinator has them, by version 2 of the protocol (KIP-890): every transaction has an epoch of its own.
 * EndTxn is answered before markers are written; they come target by target.
 */
export class TransactionCoordinator {
  private readonly transactions = new Map<string, Transaction>();
  private readonly clock: Clock;
  private readonly deliver: Delivery;
  private lastId = 0n;

  constructor(clock: Clock, deliver: Delivery) {
    this.clock = clock;
    this.deliver = deliver;
  }

  /**
   * InitProducerId: aborts what is open under this id, and locks out whoever had it. `timeoutMs`: after which a transaction that
   * was left open is aborted in the same way; 10,000 unless given, as producers on brokers ask for.
   */
  fence(transactionalId: string, timeoutMs = TIMEOUT_MS): ProducerIdentity {
    const known = this.transactions.get(transactionalId);
    if (!known) {
      const identity = { producerId: ++this.lastId, epoch: 0 };
      const idle = {
        targets: new Set<Target>(),
        marking: new Set<Target>(),
        ended: undefined,
        untime: () => undefined,
      };
      this.transactions.set(transactionalId, { identity, timeoutMs, ...idle });
      return identity;
    }
    if (known.marking.size > 0) throw busy(transactionalId);
    known.timeoutMs = timeoutMs;
    this.expel(known);
    return known.identity;
  }

  /** Whether somebody has begun with this id. */
  knows(transactionalId: string): boolean {
    return this.transactions.has(transactionalId);
  }

  /** Throws CONCURRENT_TRANSACTIONS, which passes, while markers of the transaction before are under way. */
  refuseBusy(transactionalId: string): void {
    if (this.marking(transactionalId).length > 0) throw busy(transactionalId);
  }

  /** Where markers of its transaction before are under way. */
  marking(transactionalId: string): readonly Target[] {
    return [...(this.transactions.get(transactionalId)?.marking ?? [])];
  }

  /** The first write into a target enrols it. Throws PRODUCER_FENCED, and CONCURRENT_TRANSACTIONS while markers are under way. */
  enrol(transactionalId: string, identity: ProducerIdentity, target: Target): void {
    const transaction = this.current(transactionalId, identity);
    if (transaction.marking.size > 0) throw busy(transactionalId);
    if (transaction.targets.size === 0) this.time(transaction);
    transaction.targets.add(target);
    transaction.ended = undefined;
  }

  /**
   * Answers under which identity the next one begins. Who did not hear that may ask again for the same outcome, until the next one
   * has begun; for another one INVALID_TXN_STATE is thrown.
   */
  end(transactionalId: string, identity: ProducerIdentity, outcome: Outcome): ProducerIdentity {
    const known = this.transactions.get(transactionalId);
    if (known && isEndOf(known, identity)) {
      if (known.ended === outcome) return known.identity;
      throw new LogError('INVALID_TXN_STATE', `${transactionalId} has ${known.ended}`, { retryable: false });
    }
    const transaction = this.current(transactionalId, identity);
    // Nothing was begun. Who gives up need not know that.
    if (transaction.targets.size === 0 && outcome === 'committed')
      throw new LogError('INVALID_TXN_STATE', `${transactionalId} has nothing open`, { retryable: false });
    this.finish(transaction, outcome);
    transaction.identity = next(identity);
    transaction.ended = outcome;
    return transaction.identity;
  }

  /** Who has this producer id, as far as that is known. */
  nameOf(producerId: bigint): string | undefined {
    return [...this.transactions].find(([, { identity }]) => identity.producerId === producerId)?.[0];
  }

  get ids(): readonly string[] {
    return [...this.transactions.keys()];
  }

  /** Ids whose transaction is open. */
  get open(): readonly string[] {
    return [...this.transactions].filter(([, { targets }]) => targets.size > 0).map(([id]) => id);
  }

  /** Ids whose transaction is open, or whose markers are under way. */
  get busy(): readonly string[] {
    const isBusy = ([, { targets, marking }]: [string, Transaction]) => targets.size > 0 || marking.size > 0;
    return [...this.transactions].filter(isBusy).map(([id]) => id);
  }

  private time(transaction: Transaction): void {
    const { timeoutMs } = transaction;
    transaction.untime = this.clock.timer(timeoutMs, () => this.expire(transaction), 'background');
  }

  /** For whoever has it, it is as if it had been aborted under the epoch that they know. */
  private expire(transaction: Transaction): void {
    this.expel(transaction);
    transaction.ended = 'aborted';
  }

  /** Whoever has this transaction has it no more. */
  private expel(transaction: Transaction): void {
    if (transaction.targets.size > 0) this.finish(transaction, 'aborted');
    transaction.identity = next(transaction.identity);
    transaction.ended = undefined;
  }

  private finish(transaction: Transaction, outcome: Outcome): void {
    transaction.untime();
    const { identity } = transaction;
    const targets = [...transaction.targets];
    transaction.targets.clear();
    for (const target of targets) transaction.marking.add(target);
    for (const target of targets)
      this.deliver({
        target,
        write: () => {
          target.mark(identity.producerId, outcome, this.clock.now());
          transaction.marking.delete(target);
        },
        lose: () => void transaction.marking.delete(target),
      });
  }

  private current(transactionalId: string, { producerId, epoch }: ProducerIdentity): Transaction {
    const known = this.transactions.get(transactionalId);
    if (known?.identity.producerId === producerId && known.identity.epoch === epoch) return known;
    throw new LogError('PRODUCER_FENCED', `${transactionalId} has another epoch`, { retryable: false });
  }
}

/** Whether the transaction that has ended last was this one. */
const isEndOf = ({ ended, identity }: Transaction, { producerId, epoch }: ProducerIdentity) =>
  ended !== undefined && identity.producerId === producerId && identity.epoch === epoch + 1;

const next = ({ producerId, epoch }: ProducerIdentity) => ({ producerId, epoch: epoch + 1 });

const busy = (transactionalId: string) =>
  new LogError('CONCURRENT_TRANSACTIONS', `The last transaction of ${transactionalId} is still ending`, {
    retryable: true,
  });

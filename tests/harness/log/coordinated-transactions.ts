import type { CoordinatorEntry } from './transaction-state.ts';

export type Outcome = 'commit' | 'abort';

/** One transaction, as its coordinator has noted it. */
export interface CoordinatedTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  /** Of its records; undefined where only its end was seen. */
  readonly epoch: number | undefined;
  /** 0 where only its end was seen. */
  readonly startedAt: number;
  /** `topic-partition` of each partition that it may have written to. */
  readonly partitions: Set<string>;
  /** How it ends, since when, and the epoch of the markers that say so. */
  decided?: { readonly outcome: Outcome; readonly at: number; readonly epoch: number };
  /** When every partition had its marker, as far as the coordinator knows. */
  completedAt?: number;
}

/** What the coordinators have decided, read from their own log: the entries of each transactional id in their order. */
export class CoordinatedTransactions {
  private readonly byProducer = new Map<bigint, CoordinatedTransaction[]>();
  private readonly current = new Map<string, CoordinatedTransaction>();

  append(entry: CoordinatorEntry): void {
    const { transactionalId, state, time } = entry;
    const running = this.current.get(transactionalId);
    switch (state) {
      case 'ongoing':
        this.spread(running ?? this.begin(entry, entry.epoch), entry);
        break;
      case 'prepare-commit':
      case 'prepare-abort': {
        const ending = this.spread(running ?? this.begin(entry, undefined), entry);
        ending.decided = { outcome: outcomeOf(state), at: time, epoch: entry.epoch };
        break;
      }
      default:
        if (running) running.completedAt = time;
        this.current.delete(transactionalId);
    }
  }

  /** Those of a producer that may have written to this partition, in their order. */
  of(producerId: bigint, place: string): CoordinatedTransaction[] {
    return (this.byProducer.get(producerId) ?? []).filter(({ partitions }) => partitions.has(place));
  }

  get completed(): number {
    return [...this.byProducer.values()].flat().filter(({ completedAt }) => completedAt !== undefined).length;
  }

  private begin(entry: CoordinatorEntry, epoch: number | undefined): CoordinatedTransaction {
    const { transactionalId, producerId, time } = entry;
    const startedAt = epoch === undefined ? 0 : time;
    const transaction = { transactionalId, producerId, epoch, startedAt, partitions: new Set<string>() };
    this.current.set(transactionalId, transaction);
    const known = this.byProducer.get(producerId);
    if (known) known.push(transaction);
    else this.byProducer.set(producerId, [transaction]);
    return transaction;
  }

  private spread(transaction: CoordinatedTransaction, { partitions }: CoordinatorEntry) {
    for (const partition of partitions) transaction.partitions.add(partition);
    return transaction;
  }
}

const outcomeOf = (state: 'prepare-commit' | 'prepare-abort'): Outcome =>
  state === 'prepare-commit' ? 'commit' : 'abort';

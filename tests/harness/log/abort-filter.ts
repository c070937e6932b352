export interface Writer {
  readonly producerId: bigint;
  readonly epoch: number;
}

export interface Marker extends Writer {
  readonly outcome: 'commit' | 'abort';
}

/** A transaction that has records in the partition, and no end yet. */
export interface OpenTransaction extends Writer {
  readonly firstOffset: bigint;
  readonly records: number;
}

interface Transaction extends Writer {
  epoch: number;
  outcome: 'open' | 'commit' | 'abort';
  readonly firstOffset: bigint;
  records: number;
}

interface Entry<R> {
  readonly record: R;
  readonly transaction: Transaction | undefined;
}

/**
 * Tells the committed records of one partition from the aborted ones, by the markers in the partition itself.
 * A marker ends whatever its producer id has open, with its own epoch or an older one: who fences a producer
 * aborts with a newer epoch (KIP-98), and so does every end of a transaction since KIP-890.
 */
export class AbortFilter<R extends { readonly offset: bigint }> {
  /** Offsets of aborted records, ascending: as far as `take` has come. */
  readonly aborted: bigint[] = [];
  /** What no broker may write. */
  readonly oddities: string[] = [];
  private readonly running = new Map<bigint, Transaction>();
  private entries: Entry<R>[] = [];

  /** Records of one batch, in the order of the log. Without a writer they are of no transaction. */
  append(records: readonly R[], writer?: Writer): void {
    const [first] = records;
    if (!first) return;
    const transaction = writer && this.transactionOf(writer, first.offset);
    if (transaction) transaction.records += records.length;
    for (const record of records) this.entries.push({ record, transaction });
  }

  /** One without records here is nothing special: a transaction may end in a partition that it only announced. */
  end({ producerId, epoch, outcome }: Marker): void {
    const transaction = this.running.get(producerId);
    if (!transaction) return;
    if (epoch < transaction.epoch)
      this.oddities.push(
        `producer ${producerId}: epoch ${transaction.epoch} was ended by a marker of epoch ${epoch}`,
      );
    transaction.outcome = outcome;
    this.running.delete(producerId);
  }

  /**
   * The committed records that no open transaction lies before, each once and in the order of their offsets: those
   * below the last stable offset.
   */
  take(): R[] {
    const blocked = this.entries.findIndex(({ transaction }) => transaction?.outcome === 'open');
    const decided = this.entries.splice(0, blocked < 0 ? this.entries.length : blocked);
    const committed: R[] = [];
    for (const { record, transaction } of decided) {
      if (transaction?.outcome === 'abort') this.aborted.push(record.offset);
      else committed.push(record);
    }
    return committed;
  }

  open(): OpenTransaction[] {
    return [...this.running.values()].map(({ producerId, epoch, firstOffset, records }) => {
      return { producerId, epoch, firstOffset, records };
    });
  }

  private transactionOf({ producerId, epoch }: Writer, firstOffset: bigint): Transaction {
    const running = this.running.get(producerId);
    if (running && running.epoch !== epoch) {
      this.oddities.push(
        `producer ${producerId}: epoch ${epoch} writes at ${firstOffset} into a transaction of epoch ${running.epoch}`,
      );
      running.epoch = Math.max(running.epoch, epoch);
    }
    if (running) return running;
    const transaction: Transaction = { producerId, epoch, firstOffset, outcome: 'open', records: 0 };
    this.running.set(producerId, transaction);
    return transaction;
  }
}

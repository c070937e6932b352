import { isAbortMarker, type RecordBatch } from './record-batch.ts';

/** One entry of a fetch response's `aborted_transactions`. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * Tells which batches of one fetch response belong to aborted transactions (KIP-98, read_committed).
 * The broker lists them by their last offset and several may overlap, so: sort by first offset; at each
 * batch open every transaction that has started by its end; close one at its producer's abort marker.
 */
export class AbortedTransactions {
  private readonly waiting: AbortedTransaction[];
  private readonly open = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.waiting = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** To be asked for each batch, in the order of the log. */
  hides(batch: RecordBatch): boolean {
    while (this.waiting[0] && this.waiting[0].firstOffset <= batch.lastOffset) {
      this.open.add((this.waiting.shift() as AbortedTransaction).producerId);
    }
    if (batch.control) {
      if (isAbortMarker(batch)) this.open.delete(batch.producerId);
      return true;
    }
    return batch.transactional && this.open.has(batch.producerId);
  }
}

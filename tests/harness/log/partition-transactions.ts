import type { CoordinatedTransaction, CoordinatedTransactions, Outcome } from './coordinated-transactions.ts';
import type { Batch } from './record-batch.ts';

const NEIGHBOURS = 4;

/** What one producer wrote into one partition, in the order of the log: records of transactions, and markers. */
type Written = Data | Marker;

interface Data {
  readonly type: 'data';
  readonly offset: bigint;
  readonly epoch: number;
  readonly time: number;
}

interface Marker {
  readonly type: 'marker';
  readonly epoch: number;
  readonly outcome: Outcome;
  readonly time: number;
}

export interface TransactionEnd {
  /**
   * Whose marker it was: its own transaction's, a later one's of the same producer, one that somebody wrote by hand (with the epoch of the
   * records), or one that nobody's decision explains.
   */
  readonly by: 'coordinator' | 'later marker' | 'hand' | 'nobody';
  readonly outcome: Outcome;
  readonly at: number;
}

/** The records that one transaction wrote into one partition. */
export interface TransactionPart {
  /** `topic-partition`. */
  readonly place: string;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly firstOffset: bigint;
  readonly writtenAt: number;
  /** Undefined where no coordinator has had it. */
  readonly transaction: CoordinatedTransaction | undefined;
  /** Undefined while the partition has it open. */
  readonly end: TransactionEnd | undefined;
}

/** What partitions hold of transactions, to be compared with what their coordinators decided. */
export class PartitionTransactions {
  private readonly places = new Map<string, Map<bigint, Written[]>>();

  append(place: string, batch: Batch): void {
    const {
      baseOffset: offset,
      producerId,
      epoch,
      transactional,
      marker,
      maxTimestamp: time,
      records,
    } = batch;
    if (!transactional) return;
    const producers = this.places.get(place) ?? new Map<bigint, Written[]>();
    this.places.set(place, producers);
    const written = producers.get(producerId) ?? [];
    producers.set(producerId, written);
    if (marker) written.push({ type: 'marker', epoch, outcome: marker, time });
    else if (records.length > 0) written.push({ type: 'data', offset, epoch, time });
  }

  /** Each transaction's part in each partition, with the marker that ended it there. */
  parts(coordinated: CoordinatedTransactions): TransactionPart[] {
    return [...this.places].flatMap(([place, producers]) =>
      [...producers].flatMap(([producerId, written]) =>
        partsOf({ place, producerId }, written, coordinated.of(producerId, place)),
      ),
    );
  }
}

function partsOf(
  at: Pick<TransactionPart, 'place' | 'producerId'>,
  written: readonly Written[],
  transactions: readonly CoordinatedTransaction[],
): TransactionPart[] {
  const parts: TransactionPart[] = [];
  let open = new Map<CoordinatedTransaction | undefined, Omit<TransactionPart, 'end'>>();
  for (const each of written) {
    if (each.type === 'data') {
      const transaction = transactionOf(each, around(transactions, each.time));
      const { epoch, offset: firstOffset, time: writtenAt } = each;
      if (!open.has(transaction))
        open.set(transaction, { ...at, epoch, firstOffset, writtenAt, transaction });
    } else {
      for (const part of open.values()) parts.push({ ...part, end: endOf(part, each, transactions) });
      open = new Map();
    }
  }
  return [...parts, ...[...open.values()].map((part) => ({ ...part, end: undefined }))];
}

/**
 * With a new epoch for every transaction (KIP-890) there is one at most. Producers without that write under one epoch for long; then the time
 * decides, which all of them have from one machine: records are written when their partition is in the coordinator's log.
 */
function transactionOf(
  { epoch, time }: Data,
  transactions: readonly CoordinatedTransaction[],
): CoordinatedTransaction | undefined {
  // Its end carries the next epoch: it is alone in its own.
  const alone = transactions.find((each) => each.epoch === epoch && (each.decided?.epoch ?? epoch) > epoch);
  if (alone) return alone;
  const candidates = transactions.filter((each) =>
    each.epoch === undefined ? epoch <= (each.decided?.epoch ?? epoch) : each.epoch === epoch,
  );
  if (candidates.length === 1) return candidates[0];
  return candidates.findLast(({ startedAt }) => startedAt <= time);
}

function endOf(
  { epoch, transaction }: Omit<TransactionPart, 'end'>,
  marker: Marker,
  transactions: readonly CoordinatedTransaction[],
): TransactionEnd {
  const { outcome, time: at } = marker;
  const decider = around(transactions, at).find((each) => wasSentFor(each, marker));
  if (decider) return { by: decider === transaction ? 'coordinator' : 'later marker', outcome, at };
  return { by: marker.epoch === epoch ? 'hand' : 'nobody', outcome, at };
}

/** A coordinator sends its markers between the decision and the completion, and at no other time. */
const wasSentFor = ({ decided, completedAt = Infinity }: CoordinatedTransaction, marker: Marker) =>
  decided !== undefined &&
  decided.outcome === marker.outcome &&
  decided.epoch === marker.epoch &&
  decided.at <= marker.time &&
  marker.time <= completedAt;

/** Those of one producer that were begun about then: a producer has one at a time, so that no other can be meant. */
function around(
  transactions: readonly CoordinatedTransaction[],
  time: number,
): readonly CoordinatedTransaction[] {
  let [low, high] = [0, transactions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((transactions[middle] as CoordinatedTransaction).startedAt <= time) low = middle + 1;
    else high = middle;
  }
  return transactions.slice(Math.max(0, low - NEIGHBOURS), low + NEIGHBOURS);
}

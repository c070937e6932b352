import { describe, expect, it } from '@jest/globals';
import { CoordinatedTransactions } from './coordinated-transactions.ts';
import { PartitionTransactions } from './partition-transactions.ts';
import type { Batch, LoggedRecord } from './record-batch.ts';
import type { State } from './transaction-state.ts';

const place = 'orders.events-1';
const producerId = 12n;

/** One producer, one partition, one clock: each step is a second later, and in the partition an offset further. */
class Story {
  private readonly coordinated = new CoordinatedTransactions();
  private readonly partitions = new PartitionTransactions();
  private now = 0;

  coordinator(state: State, epoch: number, partitions = [place]): this {
    const transactionalId = 'orders.decider';
    this.coordinated.append({ transactionalId, producerId, epoch, state, partitions, time: ++this.now });
    return this;
  }

  data(epoch: number): this {
    return this.batch(epoch, undefined);
  }

  marker(epoch: number, outcome: 'commit' | 'abort'): this {
    return this.batch(epoch, outcome);
  }

  /** A whole transaction; `bump`: each has its own epoch (KIP-890). */
  whole(epoch: number, outcome: 'commit' | 'abort', { skipped = false, bump = 0 } = {}): this {
    this.coordinator('ongoing', epoch)
      .data(epoch)
      .coordinator(`prepare-${outcome}`, epoch + bump);
    if (!skipped) this.marker(epoch + bump, outcome);
    return this.coordinator(`complete-${outcome}`, epoch + bump, []);
  }

  get parts() {
    return this.partitions
      .parts(this.coordinated)
      .map(({ epoch, transaction, end }) => [epoch, transaction?.decided?.outcome, end?.by, end?.outcome]);
  }

  private batch(epoch: number, marker: Batch['marker']): this {
    const baseOffset = BigInt(++this.now);
    this.partitions.append(place, {
      baseOffset,
      nextOffset: baseOffset + 1n,
      maxTimestamp: this.now,
      producerId,
      epoch,
      transactional: true,
      marker,
      records: marker ? [] : [{} as LoggedRecord],
    });
    return this;
  }
}

describe('the parts of transactions in a partition', () => {
  it.each([0, 1])('are ended by their coordinator, each by its own marker (epochs further by %d)', (bump) => {
    const story = new Story().whole(3, 'commit', { bump }).whole(3 + bump, 'abort', { bump });
    expect(story.parts).toEqual([
      [3, 'commit', 'coordinator', 'commit'],
      [3 + bump, 'abort', 'coordinator', 'abort'],
    ]);
  });

  it.each([0, 1])('are ended by a later marker, where theirs was skipped (epochs further by %d)', (bump) => {
    const story = new Story().whole(3, 'commit', { bump, skipped: true }).whole(3 + bump, 'abort', { bump });
    expect(story.parts).toEqual([
      [3, 'commit', 'later marker', 'abort'],
      [3 + bump, 'abort', 'coordinator', 'abort'],
    ]);
  });

  it.each([0, 1])('are ended by hand, with the epoch of the records (epochs further by %d)', (bump) => {
    const story = new Story().whole(3, 'commit', { bump, skipped: true }).marker(3, 'commit');
    expect(story.parts).toEqual([[3, 'commit', 'hand', 'commit']]);
  });

  it('are ended by nobody, when no decision and no hand explains the marker', () => {
    const story = new Story().whole(3, 'commit', { bump: 1, skipped: true }).marker(9, 'commit');
    expect(story.parts).toEqual([[3, 'commit', 'nobody', 'commit']]);
  });

  it('are open while the coordinator has the transaction, and when it has completed it', () => {
    expect(new Story().coordinator('ongoing', 3).data(3).parts).toEqual([
      [3, undefined, undefined, undefined],
    ]);
    const skipped = new Story().whole(3, 'abort', { bump: 1, skipped: true });
    expect(skipped.parts).toEqual([[3, 'abort', undefined, undefined]]);
  });

  it('are of the transaction that a new owner aborted with a newer epoch', () => {
    const story = new Story().coordinator('ongoing', 3).data(3).coordinator('prepare-abort', 4);
    expect(story.marker(4, 'abort').coordinator('complete-abort', 4, []).parts).toEqual([
      [3, 'abort', 'coordinator', 'abort'],
    ]);
  });

  it('take a marker that was sent again for what it is', () => {
    const story = new Story().coordinator('ongoing', 3).data(3).coordinator('prepare-commit', 4);
    expect(story.marker(4, 'commit').marker(4, 'commit').coordinator('complete-commit', 4, []).parts).toEqual(
      [[3, 'commit', 'coordinator', 'commit']],
    );
  });

  it('are of no coordinator where none has had them in this partition', () => {
    const story = new Story().coordinator('ongoing', 3, ['another-0']).data(3);
    expect(story.parts).toEqual([[3, undefined, undefined, undefined]]);
  });

  it('are known where the beginning of the transaction was not seen (others of the epoch follow)', () => {
    const story = new Story().data(3).coordinator('prepare-commit', 3).marker(3, 'commit');
    expect(story.coordinator('complete-commit', 3, []).whole(3, 'abort').parts).toEqual([
      [3, 'commit', 'coordinator', 'commit'],
      [3, 'abort', 'coordinator', 'abort'],
    ]);
  });
});

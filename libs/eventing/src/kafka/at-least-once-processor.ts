import type { Failpoint } from './failpoints.ts';
import type { Batch } from './partition-feed.ts';
import type { Processor } from './partition-worker.ts';
import type { PlainPartition } from './plain-partition.ts';
import type { ConsumedRecord } from './record.ts';
import type { Handler } from './transactional-processor.ts';

/** Output first, then the position: a crash in between repeats the batch, and loses nothing. */
export class AtLeastOnceProcessor implements Processor {
  private readonly partition: PlainPartition;
  private readonly handler: Handler;
  private readonly failpoint: Failpoint;

  constructor(partition: PlainPartition, handler: Handler, failpoint: Failpoint = async () => undefined) {
    this.partition = partition;
    this.handler = handler;
    this.failpoint = failpoint;
  }

  async assign(signal: AbortSignal): Promise<bigint> {
    const { offset } = await this.partition.position(signal);
    await this.handler.restore?.(this.partition.client, signal);
    return offset;
  }

  async process(
    { records, nextOffset }: Batch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const membership = this.partition.membership();
    const { output, committed, rest = [] } = await this.handler.handle(records, signal);
    handled();
    const offsets = await this.partition.append(output);
    await this.failpoint('after-send');
    await this.failpoint('before-commit');
    const commit = this.partition.commit(rest[0]?.offset ?? nextOffset, membership);
    await Promise.all([commit, this.failpoint('during-commit')]);
    await this.failpoint('after-offsets');
    await this.failpoint('after-commit');
    await committed?.(offsets);
    return rest;
  }

  /** Nothing blocks others: what was appended is visible, and the position is theirs to read. */
  async abandon(): Promise<void> {}

  async close(): Promise<void> {
    await this.handler.close?.();
    await this.partition.client.close();
  }
}

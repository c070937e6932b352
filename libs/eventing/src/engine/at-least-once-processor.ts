import type { Failpoint } from './failpoints.ts';
import type { LaneBatch, Positions } from './lanes.ts';
import type { Processor } from './partition-worker.ts';
import type { PlainPartition } from './plain-partition.ts';
import type { ConsumedRecord } from '../log/record.ts';
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

  get sideTopics(): readonly string[] {
    return this.handler.sideTopics ?? [];
  }

  dueAt(record: ConsumedRecord): number {
    return this.handler.dueAt?.(record) ?? 0;
  }

  get owes(): boolean {
    return this.handler.owes ?? false;
  }

  async assign(signal: AbortSignal): Promise<Positions> {
    const { topic } = this.partition;
    const { positions } = await this.partition.positions([topic, ...this.sideTopics], signal);
    await this.handler.restore?.(this.partition.log, signal, positions.get(topic) ?? 0n);
    return positions;
  }

  async process(
    { topic, records, nextOffset }: LaneBatch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const membership = this.partition.membership();
    const { output, committed, rest = [] } = await this.handler.handle(records, signal);
    handled();
    const offsets = await this.partition.append(output);
    await this.failpoint('after-send');
    await this.failpoint('before-commit');
    const commit = this.partition.commit(topic, rest[0]?.offset ?? nextOffset, membership);
    await Promise.all([commit, this.failpoint('during-commit')]);
    await this.failpoint('after-offsets');
    await this.failpoint('after-commit');
    await committed?.(offsets);
    return rest;
  }

  async settle(signal: AbortSignal, handled: () => void = () => undefined): Promise<void> {
    const result = await this.handler.settle?.(signal);
    handled();
    if (result) await result.committed?.(await this.partition.append(result.output));
  }

  /** Nothing blocks others: what was appended is visible, and the position is theirs to read. */
  async abandon(): Promise<void> {}

  async close(): Promise<void> {
    await this.handler.close?.();
    await this.partition.close();
  }
}

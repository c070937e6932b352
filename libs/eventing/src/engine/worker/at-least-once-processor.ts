import type { Failpoint } from '../failpoints.ts';
import { HandlerProcessor } from './handler-processor.ts';
import type { Positions } from './lanes.ts';
import type { Membership } from '../ports/membership.ts';
import type { PlainPartition } from './plain-partition.ts';
import type { Handled, Handler, Reached } from '../handler.ts';

/** Output first, then the position: a crash in between repeats the batch, and loses nothing. */
export class AtLeastOnceProcessor extends HandlerProcessor {
  private readonly partition: PlainPartition;
  private readonly failpoint: Failpoint;

  constructor(partition: PlainPartition, handler: Handler, failpoint: Failpoint = async () => undefined) {
    super(handler);
    this.partition = partition;
    this.failpoint = failpoint;
  }

  async assign(signal: AbortSignal): Promise<Positions> {
    const { topic } = this.partition;
    const { positions } = await this.partition.positions([topic, ...this.sideTopics], signal);
    await this.handler.restore?.(this.partition.log, signal, positions.get(topic) ?? 0n, new Map());
    return positions;
  }

  protected async commit(
    { output, committed }: Handled,
    membership: Membership,
    reached?: Reached,
  ): Promise<void> {
    const offsets = await this.partition.append(output);
    if (reached) await this.move(reached, membership);
    await committed?.(offsets);
  }

  private async move({ topic, offset }: Reached, membership: Membership): Promise<void> {
    await this.failpoint('after-send');
    await this.failpoint('before-commit');
    const commit = this.partition.commit(topic, offset, membership);
    await Promise.all([commit, this.failpoint('during-commit')]);
    await this.failpoint('after-offsets');
    await this.failpoint('after-commit');
  }

  /** Nothing blocks others: what was appended is visible, and the position is theirs to read. */
  async abandon(): Promise<void> {}

  protected membership(): Membership {
    return this.partition.membership();
  }
}

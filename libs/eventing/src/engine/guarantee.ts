import { AtLeastOnceProcessor } from './worker/at-least-once-processor.ts';
import { AtMostOnceProcessor, type RecordsLost } from './worker/at-most-once-processor.ts';
import type { Cluster } from './ports/cluster.ts';
import type { CommitCycles } from './commits/commit-cycles.ts';
import type { Failpoint } from './failpoints.ts';
import type { Member } from './ports/membership.ts';
import type { Processor } from './worker/processor.ts';
import { PlainPartition, type PlainPartitionOptions } from './worker/plain-partition.ts';
import { type TransactionalOptions, TransactionalProcessor } from './worker/transactional-processor.ts';
import type { Handler } from './handler.ts';

/** What a crash may do to what follows from a record: nothing, repeat it, or lose it. */
export type Guarantee = 'exactly-once' | 'at-least-once' | 'at-most-once';

/** What a process works with. */
export interface GroupProcess {
  readonly cluster: Cluster;
  /** Those of all its exactly-once groups. */
  readonly transactions: CommitCycles;
}

export interface GuaranteeOptions extends TransactionalOptions, PlainPartitionOptions {
  readonly failpoint?: Failpoint;
  /** Told about records that at-most-once has lost. */
  readonly lost: (error: RecordsLost) => void;
}

/** The processor that keeps this guarantee, for a handler that knows nothing of it. */
export function processorFor(
  guarantee: Guarantee,
  { cluster, transactions }: GroupProcess,
  member: Member,
  handler: Handler,
  options: GuaranteeOptions,
): Processor {
  if (guarantee === 'exactly-once')
    return new TransactionalProcessor(cluster.log, transactions, member, handler, options);
  const partition = new PlainPartition(cluster, member, options);
  return guarantee === 'at-least-once'
    ? new AtLeastOnceProcessor(partition, handler, options.failpoint)
    : new AtMostOnceProcessor(partition, handler, options);
}

import { AtLeastOnceProcessor } from './at-least-once-processor.ts';
import { AtMostOnceProcessor, type RecordsLost } from './at-most-once-processor.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { GroupMember } from '../kafka/group-member.ts';
import type { Processor } from './partition-worker.ts';
import { PlainPartition, type PlainPartitionOptions } from './plain-partition.ts';
import {
  type Handler,
  type TransactionalOptions,
  TransactionalProcessor,
} from './transactional-processor.ts';

/** What a crash may do to what follows from a record: nothing, repeat it, or lose it. */
export type Guarantee = 'exactly-once' | 'at-least-once' | 'at-most-once';

export interface GuaranteeOptions extends TransactionalOptions, PlainPartitionOptions {
  /** Told about records that at-most-once has lost. */
  readonly lost: (error: RecordsLost) => void;
}

/** The processor that keeps this guarantee, for a handler that knows nothing of it. */
export function processorFor(
  guarantee: Guarantee,
  client: KafkaClient,
  member: GroupMember,
  handler: Handler,
  options: GuaranteeOptions,
): Processor {
  if (guarantee === 'exactly-once') return new TransactionalProcessor(client, member, handler, options);
  const partition = new PlainPartition(client, member, options);
  return guarantee === 'at-least-once'
    ? new AtLeastOnceProcessor(partition, handler, options.failpoint)
    : new AtMostOnceProcessor(partition, handler, options);
}

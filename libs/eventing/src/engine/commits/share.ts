import { type BaseOffsets, partitionKey } from '../../log/partitions.ts';
import type { Membership } from '../ports/membership.ts';
import type { TransactionPart } from '../ports/transactions.ts';

/** A part, and what it takes to have it in a transaction that begins anew. */
export interface Share extends TransactionPart {
  /** A heartbeat: throws PartitionLost when the lane is another's by now. */
  readonly confirm: (signal: AbortSignal) => Promise<Membership>;
}

/** A share whose worker waits to hear what has become of it. */
export interface PendingShare {
  readonly share: Share;
  readonly resolve: (offsets: BaseOffsets) => void;
  readonly reject: (error: Error) => void;
}

/** What a group has to do in one partition of a topic: it has one share at a time. */
export const laneOf = ({ position: { group, topic, partition } }: TransactionPart) =>
  `${group} ${partitionKey(topic, partition)}`;

/** Bytes of keys and values. */
export const bytesOf = ({ records }: TransactionPart) =>
  records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);

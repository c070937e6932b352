export { outcomes, placements } from '../../../tools/demo/conservation.ts';
import type { LoggedRecord } from '../log/record-batch.ts';
import type { DomainEvent } from '../log/events.ts';

/** What a run left behind, gathered at rest: nothing is under way any more. Offsets and positions are bigint. */
export interface Evidence {
  /** All committed events of all events topics, those of each partition in the order of their offsets. */
  readonly events: readonly DomainEvent[];
  /** All committed records of the commands topics and of their delay topics, ordered likewise. */
  readonly commands: readonly CommandRecord[];
  readonly rows: ReadModel;
  /** The e-mails of the orders in `events`, and no others. */
  readonly mails: readonly Mail[];
  /** How often the mail server ended while e-mails were sent to it. */
  readonly mailRestarts: number;
  /** What the workers that send e-mails were given, one entry for each time that one joined, in order of time. */
  readonly assignments: readonly Assignment[];
  readonly told: Told;
  /** Each partition of the topics that readers or groups read. */
  readonly logs: readonly PartitionContent[];
  readonly readers: readonly ReaderSight[];
  readonly positions: readonly GroupPosition[];
  /** What was killed or cut off, one entry for each time. */
  readonly kills: readonly string[];
}

export interface CommandRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly id: string;
  readonly type: string;
  /** The event that a policy answered; the gateway's commands have none. */
  readonly causationId: string | undefined;
  /** When it was appended, and, on a delay topic, when it may go on: milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly due: number | undefined;
}

type SaleColumn = 'orders' | 'quantity' | 'amount';
type CustomerColumn = 'placed' | 'confirmed' | 'rejected' | 'cancelled' | 'spent';

/** Rows of the read model, of one snapshot. */
export interface ReadModel {
  readonly orders: readonly { readonly orderId: string; readonly status: string }[];
  readonly lines: readonly { readonly orderId: string; readonly sku: string }[];
  readonly products: readonly { readonly sku: string; readonly onHand: number; readonly reserved: number }[];
  readonly eventLog: readonly LogPosition[];
  /** Several rows of one name add up. */
  readonly sales: readonly Readonly<
    Record<'day' | 'sku' | 'currency', string> & Record<SaleColumn, bigint>
  >[];
  readonly customers: readonly Readonly<
    Record<'customerId' | 'currency', string> & Record<CustomerColumn, bigint>
  >[];
}

export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface Mail {
  readonly messageId: string;
  readonly text: string;
}

export interface Assignment {
  readonly instance: string;
  readonly partitions: readonly string[];
}

/** What clients know. */
export interface Told {
  /** Accepted orders, each with the Idempotency-Key that it was placed under. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Keys whose request was never answered: their orders may be placed or not. */
  readonly unknown: ReadonlySet<string>;
  /** Keys that were sent more than once. */
  readonly repeated: ReadonlySet<string>;
}

/** One partition as the log itself says; offsets ascending. */
export interface PartitionContent {
  readonly topic: string;
  readonly partition: number;
  readonly committed: readonly bigint[];
  readonly aborted: readonly bigint[];
  /** Last stable offset. */
  readonly stable: bigint;
  readonly end: bigint;
}

/** What a reader at read_committed was given while everything went on, from the first record to the last. */
export interface ReaderSight {
  readonly reader: string;
  readonly topics: readonly string[];
  /** Offsets in the order in which they came. */
  readonly seen: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offsets: readonly bigint[];
  }[];
}

/** A group's position: the offset of its next record, undefined where it has none. A projection's is in its database. */
export interface GroupPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint | undefined;
}

export const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}-${partition}`;

export const positionOf = (at: LogPosition) => `${placeOf(at)}@${at.offset}`;

/** Whether this is of the contexts in which operators decide, dead letters and hanging transactions, and not of the order flow. */
export const isOfOperations = ({ topic }: { readonly topic: string }) =>
  /^(dead-letters|redrive-jobs|transactions)\./.test(topic);

export function commandOf({
  topic,
  partition,
  offset,
  timestamp,
  key,
  headers,
}: LoggedRecord): CommandRecord {
  const due = headers.get('due');
  return {
    topic,
    partition,
    offset,
    key,
    id: headers.get('ce_id') ?? '',
    type: headers.get('ce_type') ?? '',
    causationId: headers.get('causationid'),
    timestamp,
    due: due === undefined ? undefined : Number(due),
  };
}

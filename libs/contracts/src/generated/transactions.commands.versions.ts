// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

/** End the transaction that a producer has open in a partition. */
export interface EndTransactionV1Data {
  /** Where it is open: <topic>-<partition>/<producerId>. */
  readonly transaction: string;
  /** Topic of the partition that has it open. */
  readonly topic: string;
  /** The partition that has it open. */
  readonly partition: number;
  /** Id of its producer. */
  readonly producerId: bigint;
  /** commit or abort. */
  readonly outcome: string;
  /** Why, in the operator's words. */
  readonly reason: string;
  /** Who asked for it. */
  readonly operator: string;
}

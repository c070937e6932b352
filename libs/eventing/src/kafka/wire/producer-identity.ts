/** Who writes: a transactional id, and the producer id and epoch that InitProducerId or EndTxn have given it. */
export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly id: bigint;
  readonly epoch: number;
}

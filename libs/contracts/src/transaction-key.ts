interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
}

/** The key of all messages about the transactions that a producer has open in a partition, one after the other. */
export const transactionKey = ({ topic, partition, producerId }: Place) =>
  `${topic}-${partition}/${producerId}`;

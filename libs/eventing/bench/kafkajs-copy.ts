import { type Consumer, type EachBatchPayload, Kafka, logLevel, type Producer } from 'kafkajs';

/**
 * The same copy, as a user of KafkaJS would write it: one transaction for each batch that its consumer hands out, with its position.
 * From the first batch on.
 */
export class KafkaJsCopy {
  transactions = 0;
  private readonly consumer: Consumer;
  private readonly producer: Producer;
  private readonly group: string;
  private readonly to: string;
  private readonly first = Promise.withResolvers<void>();
  private readonly last = Promise.withResolvers<void>();
  private left: number;

  constructor(brokers: readonly string[], to: string, records: number) {
    const kafka = new Kafka({
      brokers: [...brokers],
      clientId: 'bench',
      logLevel: logLevel.NOTHING,
      // Unless it is told, it rests for 300 ms whenever the transaction before is still ending.
      retry: { initialRetryTime: 2 },
    });
    this.to = to;
    this.left = records;
    this.group = `kafkajs-copy-to-${to}`;
    this.consumer = kafka.consumer({ groupId: this.group, readUncommitted: false });
    this.producer = kafka.producer({ transactionalId: this.group, maxInFlightRequests: 1, idempotent: true });
  }

  /** Resolves when the first batch is there. */
  async start(from: string): Promise<void> {
    await Promise.all([this.producer.connect(), this.consumer.connect()]);
    await this.consumer.subscribe({ topic: from, fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatch: (batch) => this.copy(batch) });
    await this.first.promise;
  }

  /** Resolves when all is copied. */
  run(): Promise<void> {
    return this.last.promise;
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }

  private async copy({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    this.first.resolve();
    const { topic, partition, messages } = batch;
    const transaction = await this.producer.transaction();
    const records = messages.map(({ key, value, headers }) => ({
      key,
      value,
      partition,
      ...(headers && { headers }),
    }));
    await transaction.send({ topic: this.to, messages: records });
    const offset = String(BigInt(batch.lastOffset()) + 1n);
    const topics = [{ topic, partitions: [{ partition, offset }] }];
    await transaction.sendOffsets({ consumerGroupId: this.group, topics });
    await transaction.commit();
    resolveOffset(batch.lastOffset());
    this.transactions++;
    this.left -= messages.length;
    if (this.left <= 0) this.last.resolve();
  }
}

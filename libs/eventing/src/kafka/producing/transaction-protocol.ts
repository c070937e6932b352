import { LogError } from '../../log/errors.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { apiKeys } from '../client/kafkajs.ts';
import { endTxnExchange } from '../wire/end-txn.ts';
import type { ProducerIdentity } from '../wire/producer-identity.ts';
import type { ProduceVersion } from '../wire/produce.ts';
import type { TxnOffsetCommitVersion } from '../wire/txn-offset-commit.ts';

/** Kafka's versions of transactions; 0 of old brokers is the same as 1 for a client. */
export type TransactionVersion = 1 | 2;

interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** What differs between the versions. Each call is one request, repeated by the caller; each throws KafkaError. */
export interface TransactionProtocol {
  readonly produce: ProduceVersion;
  readonly txnOffsetCommit: TxnOffsetCommitVersion;
  /** Tells the coordinator of the transaction which partitions will be written. */
  addPartitions(producer: ProducerIdentity, topics: readonly TopicPartitions[]): Promise<void>;
  /** Tells it whose position will be committed. */
  addGroup(producer: ProducerIdentity, group: string): Promise<void>;
  /** Ends the transaction; answers under which identity the next one begins. */
  end(producer: ProducerIdentity, commit: boolean): Promise<ProducerIdentity>;
}

/** Every request of version 2 with the version in which brokers speak it. */
const NEEDED = { Produce: 12, TxnOffsetCommit: 5, EndTxn: 5 };

/** Version 2 where the whole cluster has agreed on it (the finalized feature) and the coordinator speaks all of it. */
export async function negotiate(client: KafkaClient, transactionalId: string): Promise<TransactionVersion> {
  const coordinator = await client.coordinator('transaction', transactionalId);
  const { newest, features } = await client.abilities(coordinator);
  const agreed = (features.get('transaction.version') ?? 0) >= 2;
  const spoken = Object.entries(NEEDED).every(
    ([api, version]) => (newest.get(apiKeys[api] as number) ?? -1) >= version,
  );
  return agreed && spoken ? 2 : 1;
}

export const transactionProtocol = (client: KafkaClient, version: TransactionVersion): TransactionProtocol =>
  version === 2 ? new Version2(client) : new Version1(client);

/** Partitions and groups are enrolled before they are written; the epoch stays the same from one transaction to the next. */
class Version1 implements TransactionProtocol {
  readonly produce = 9;
  readonly txnOffsetCommit = 3;
  private readonly client: KafkaClient;

  constructor(client: KafkaClient) {
    this.client = client;
  }

  async addPartitions(producer: ProducerIdentity, topics: readonly TopicPartitions[]): Promise<void> {
    await this.call('AddPartitionsToTxn', producer, { topics }).catch((error: unknown) => {
      throw naming(topics, kafkaError(error));
    });
  }

  addGroup(producer: ProducerIdentity, group: string): Promise<void> {
    return this.call('AddOffsetsToTxn', producer, { groupId: group });
  }

  async end(producer: ProducerIdentity, commit: boolean): Promise<ProducerIdentity> {
    await this.call('EndTxn', producer, { transactionResult: commit });
    return producer;
  }

  private async call(
    api: string,
    { transactionalId, id, epoch }: ProducerIdentity,
    args: object,
  ): Promise<void> {
    const node = await this.client.coordinator('transaction', transactionalId);
    const identity = { transactionalId, producerId: String(id), producerEpoch: epoch };
    await this.client.call(node, api, { ...identity, ...args });
  }
}

/**
 * KIP-890: Produce and TxnOffsetCommit enrol by themselves, and EndTxn begins the next epoch. So a request that comes late can
 * never end up in the next transaction, and an epoch names one transaction.
 */
class Version2 implements TransactionProtocol {
  readonly produce = 12;
  readonly txnOffsetCommit = 5;
  private readonly client: KafkaClient;

  constructor(client: KafkaClient) {
    this.client = client;
  }

  async addPartitions(): Promise<void> {
    // Produce does.
  }

  async addGroup(): Promise<void> {
    // TxnOffsetCommit does.
  }

  async end(producer: ProducerIdentity, commit: boolean): Promise<ProducerIdentity> {
    const { transactionalId } = producer;
    const node = await this.client.coordinator('transaction', transactionalId);
    const next = await this.client.exchange<{ id: bigint; epoch: number }>(
      node,
      endTxnExchange(producer, commit),
    );
    return { transactionalId, ...next };
  }
}

/** Brokers do not say which topic they mean: one that does not exist, say. */
function naming(topics: readonly TopicPartitions[], error: LogError): LogError {
  const names = [...new Set(topics.map(({ topic }) => topic))].join(', ');
  const { code, message, retryable } = error;
  return new KafkaError(code, `${message} (one of ${names})`, { retryable, cause: error });
}

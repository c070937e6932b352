import type { GroupPosition } from '../engine/transactions.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { isNotWritten } from '../kafka/log-appender.ts';
import { protocolError } from '../kafka/kafkajs.ts';
import { produce } from '../kafka/produce.ts';
import { retrying } from '../kafka/retry.ts';
import { transactionProtocol, type TransactionVersion } from '../kafka/transaction-protocol.ts';
import type { ProducerIdentity } from '../kafka/wire/producer-identity.ts';
import { txnOffsetCommitExchange } from '../kafka/wire/txn-offset-commit.ts';
import { fencedIdentity } from './fenced-identity.ts';
import { record } from './scratch-broker.ts';

/**
 * A producer whose transactions leave some of their partitions open: it writes without enrolling, so that the coordinator does
 * not know where markers are due. Needs a broker that does not verify (`transaction.partition.verification.enable=false`).
 */
export class TornProducer {
  private readonly client: KafkaClient;
  private readonly version: TransactionVersion;
  private readonly sequences = new Map<string, number>();
  private identity: ProducerIdentity;

  private constructor(client: KafkaClient, version: TransactionVersion, identity: ProducerIdentity) {
    this.client = client;
    this.version = version;
    this.identity = identity;
  }

  static async start(
    client: KafkaClient,
    transactionalId: string,
    version: TransactionVersion,
  ): Promise<TornProducer> {
    const identity = await fencedIdentity(client, transactionalId, 60_000);
    return new TornProducer(client, version, identity);
  }

  get id(): bigint {
    return this.identity.id;
  }

  /** The coordinator writes a marker into partition 0 of this topic. */
  async enrol(topic: string): Promise<void> {
    const protocol = transactionProtocol(this.client, 1);
    await this.patiently(() => protocol.addPartitions(this.identity, [{ topic, partitions: [0] }]));
  }

  async enrolGroup(group: string): Promise<void> {
    await this.patiently(() => transactionProtocol(this.client, 1).addGroup(this.identity, group));
  }

  /** Into partition 0; answers the offset. */
  async write(topic: string, value: string): Promise<bigint> {
    const sequence = this.sequences.get(`${topic}-0`) ?? 0;
    const write = () =>
      produce(this.client, [record(topic, value)], {
        transactionalId: this.identity.transactionalId,
        producer: { ...this.identity, transactional: true },
        sequences: this.sequences.set(`${topic}-0`, sequence),
        timeoutMs: 10_000,
        version: 9,
      });
    // The leader of a new partition may not know yet that it is one.
    const offsets = await retrying(write, { forMs: 60_000, unless: (error) => !isNotWritten(error) });
    return offsets.get(`${topic}-0`) ?? -1n;
  }

  async commitPosition(position: GroupPosition): Promise<void> {
    const node = await this.client.coordinator('group', position.group);
    const code = await this.client.exchange<number>(
      node,
      txnOffsetCommitExchange(this.identity, position, 3),
    );
    if (code !== 0) throw protocolError(code);
  }

  async end(commit: boolean): Promise<void> {
    const protocol = transactionProtocol(this.client, this.version);
    const next = await this.patiently(() => protocol.end(this.identity, commit));
    if (next.epoch !== this.identity.epoch) this.sequences.clear();
    this.identity = next;
  }

  private patiently<T>(request: () => Promise<T>): Promise<T> {
    return retrying(request, { forMs: 60_000, firstDelayMs: 1 });
  }
}

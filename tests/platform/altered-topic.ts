import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { catalogue, contracts, PlaceOrder } from '@atelier/contracts';
import { KafkaClient, LogAppender } from '@atelier/eventing/kafka';
import { ConfluentRegistry, MessageCodec } from '@atelier/eventing/serde';
import { repositoryRoot } from '@atelier/local-stack';
import { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import type { Addresses } from '../harness/running-platform.ts';
import { until } from '../harness/waiting.ts';
import { systemClock } from '@atelier/eventing/time';

/** What `kafka-topics.sh --alter --partitions` does. Resolves when clients see it. */
export async function alterPartitions({ kafka }: Addresses, topic: string, count: number): Promise<void> {
  await withClient(kafka, async (client) => {
    await client.call(await client.controller(), 'CreatePartitions', { topicPartitions: [{ topic, count }] });
    await until(`${topic} has ${count} partitions`, async () => {
      client.forget();
      const { leaders } = await client.topic(topic);
      return leaders.length === count && leaders.every(({ nodeId }) => nodeId >= 0);
    });
  });
}

/** An order for one easel by a client that counts partitions as they are: its command is in this one. Answers the order's id. */
export async function placeIn(addresses: Addresses, partition: number, email: string): Promise<string> {
  const codec = new MessageCodec(new ConfluentRegistry(addresses.registry), contracts, systemClock);
  await codec.ready();
  const [orderId, id] = [randomUUID(), randomUUID()];
  const unitPrice = { amount: 18_900n, currency: 'EUR' };
  const lines = [{ sku: 'EASEL-01', quantity: 1, unitPrice }];
  const command = PlaceOrder({ orderId, customerId: 'ada', email, lines, channel: 'web' });
  const record = new RecordBuilder(codec, catalogue, 'spec').record(command, {
    id,
    time: 1,
    correlationId: id,
  });
  await withClient(addresses.kafka, (client) => new LogAppender(client).append({ ...record, partition }));
  return orderId;
}

/** The deployment step; answers what it says. */
export async function deployAgain({ kafka, registry }: Addresses): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['libs/contracts/dist/deploy/main.js'], {
    cwd: repositoryRoot,
    env: { ...process.env, NODE_OPTIONS: '', KAFKA_BROKERS: kafka, REGISTRY_URL: registry },
  });
  return stdout;
}

async function withClient<T>(brokers: string, use: (client: KafkaClient) => Promise<T>): Promise<T> {
  const client = new KafkaClient({ brokers: brokers.split(','), clientId: 'spec' });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

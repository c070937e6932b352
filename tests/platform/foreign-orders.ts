import { randomUUID } from 'node:crypto';
import { catalogue, contracts, PlaceOrder } from '@atelier/contracts';
import { KafkaClient, LogAppender } from '@atelier/eventing/kafka';
import type { OutgoingRecord } from '@atelier/eventing/log';
import { ConfluentRegistry, MessageCodec } from '@atelier/eventing/serde';
import { systemClock } from '@atelier/eventing/time';
import { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import type { Addresses } from '../harness/running-platform.ts';

type Order = PlaceOrder['data'];

/** An order for one easel that nobody has placed yet. */
export const newOrder = (customerId: string, email = `${customerId}@example.com`): Order => ({
  orderId: randomUUID(),
  customerId,
  email,
  lines: [{ sku: 'EASEL-01', quantity: 1, unitPrice: { amount: 18_900n, currency: 'EUR' } }],
  channel: 'phone',
});

/** Places an order past the gateway: on this partition, or on that of its key. */
export async function place({ kafka, registry }: Addresses, order: Order, partition?: number): Promise<void> {
  const codec = new MessageCodec(new ConfluentRegistry(registry), contracts, systemClock);
  await codec.ready();
  const id = randomUUID();
  const metadata = { id, time: 1, correlationId: id };
  const record = new RecordBuilder(codec, catalogue, 'spec').record(PlaceOrder(order), metadata);
  await append(kafka, partition === undefined ? record : { ...record, partition });
}

export const append = (brokers: string, record: OutgoingRecord) =>
  withClient(brokers, (client) => new LogAppender(client).append(record));

export async function withClient<T>(brokers: string, use: (client: KafkaClient) => Promise<T>): Promise<T> {
  const client = new KafkaClient({ brokers: brokers.split(','), clientId: 'spec' });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

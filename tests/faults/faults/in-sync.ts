import { Kafka, logLevel } from 'kafkajs';
import type { Bench } from './fault.ts';
import { until } from './waiting.ts';

/** Waits until every replica of every topic is in sync, those of Kafka's own topics included. */
export async function inSync({ cluster, brokers }: Bench): Promise<void> {
  const kafka = new Kafka({
    brokers: cluster.stack.kafka.bootstrap.split(','),
    clientId: 'in-sync',
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const whole = async () => {
    try {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata();
      return topics.every(({ partitions }) =>
        partitions.every(({ isr, replicas }) => isr.length === replicas.length),
      );
    } catch {
      return false;
    }
  };
  try {
    await until('all replicas are in sync', whole, 120_000);
  } finally {
    await admin.disconnect();
    brokers.forget();
  }
}

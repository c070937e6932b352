import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { FaultCluster } from './fault-cluster.ts';

/** Asks the brokers past the library and past the relays. Throws when nobody answers. */
export async function withAdmin<T>({ stack }: FaultCluster, use: (admin: Admin) => Promise<T>): Promise<T> {
  const brokers = stack.kafka.bootstrap.split(',');
  const admin = new Kafka({ brokers, clientId: 'fault-tests', logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

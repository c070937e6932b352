import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from '@atelier/local-stack';
import type { Addresses } from '../harness/running-platform.ts';
import { until } from '../harness/waiting.ts';
import { newOrder, place, withClient } from './foreign-orders.ts';

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
  const order = newOrder('ada', email);
  await place(addresses, order, partition);
  return order.orderId;
}

/** The deployment step; answers what it says. */
export async function deployAgain({ kafka, registry }: Addresses): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['libs/contracts/dist/deploy/main.js'], {
    cwd: repositoryRoot,
    env: { ...process.env, NODE_OPTIONS: '', KAFKA_BROKERS: kafka, REGISTRY_URL: registry },
  });
  return stdout;
}

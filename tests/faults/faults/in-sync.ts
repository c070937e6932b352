import { withAdmin } from '../cluster/admin.ts';
import type { Bench } from './fault.ts';
import { until } from './waiting.ts';

/** Waits until every replica of every topic is in sync, those of Kafka's own topics included. */
export async function inSync({ cluster, brokers }: Bench): Promise<void> {
  const whole = () =>
    withAdmin(cluster, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata();
      return topics.every(({ partitions }) =>
        partitions.every(({ isr, replicas }) => isr.length === replicas.length),
      );
    });
  await until('all replicas are in sync', () => whole().catch(() => false), 120_000);
  brokers.forget();
}

import { until } from '../../harness/waiting.ts';
import { withAdmin } from '../cluster/admin.ts';
import type { Bench } from './fault.ts';

/** Waits until every replica of every topic is in sync, those of Kafka's own topics included. */
export async function inSync({ cluster, brokers }: Bench): Promise<void> {
  let missing: number | undefined;
  const missingNow = () =>
    withAdmin(cluster, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata();
      const partitions = topics.flatMap((topic) => topic.partitions);
      return partitions.reduce((sum, { isr, replicas }) => sum + replicas.length - isr.length, 0);
    });
  const isWhole = async () => (missing = await missingNow().catch(() => undefined)) === 0;
  await until('all replicas are in sync', isWhole, { progress: () => missing });
  brokers.forget();
}

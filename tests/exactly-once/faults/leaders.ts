import { until } from '../../harness/waiting.ts';
import { withAdmin } from '../cluster/admin.ts';
import type { Bench } from './fault.ts';

/** A broker that wakes leads for a moment before its controller fences it. */
const STEADY_MS = 2_000;

/** Waits until every partition of every topic has a leader, and keeps it; those of Kafka's own topics included. */
export async function led({ cluster, brokers }: Bench): Promise<void> {
  const all = () =>
    withAdmin(cluster, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata();
      return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
    });
  let since: number | undefined;
  const steady = async () => {
    if (await all().catch(() => false)) since ??= Date.now();
    else since = undefined;
    return since !== undefined && Date.now() - since >= STEADY_MS;
  };
  await until('every partition has a leader', steady);
  brokers.forget();
}

import { Kafka, logLevel } from 'kafkajs';
import type { FaultCluster } from '../cluster/fault-cluster.ts';

/** How many members a group has, as the broker tells; undefined while it rebalances or nobody answers. */
export async function members(cluster: FaultCluster, group: string): Promise<number | undefined> {
  const kafka = new Kafka({
    brokers: cluster.stack.kafka.bootstrap.split(','),
    clientId: 'members',
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const [described] = (await admin.describeGroups([group])).groups;
    return described?.state === 'Stable' || described?.state === 'Empty'
      ? described.members.length
      : undefined;
  } catch {
    return undefined;
  } finally {
    await admin.disconnect();
  }
}

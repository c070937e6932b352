import { withAdmin } from '../cluster/admin.ts';
import type { FaultCluster } from '../cluster/fault-cluster.ts';

/** How many members a group has, as the broker tells; undefined while it rebalances or nobody answers. */
export async function members(cluster: FaultCluster, group: string): Promise<number | undefined> {
  try {
    const { groups } = await withAdmin(cluster, (admin) => admin.describeGroups([group]));
    const settled = groups.find(({ state }) => state === 'Stable' || state === 'Empty');
    return settled?.members.length;
  } catch {
    return undefined;
  }
}

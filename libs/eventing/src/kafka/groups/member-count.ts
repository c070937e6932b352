import type { KafkaClient } from '../client/client.ts';
import { retrying } from '../client/retry.ts';

/** How many members a group has; 0 for one that nobody has ever joined. Throws KafkaError. */
export async function memberCount(client: KafkaClient, group: string): Promise<number> {
  return retrying(
    async () => {
      const node = await client.coordinator('group', group);
      const { groups } = await client.call<{ groups: { members: unknown[] }[] }>(node, 'DescribeGroups', {
        groupIds: [group],
      });
      return groups[0]?.members.length ?? 0;
    },
    { forMs: 2_000 },
  );
}

import { committedOffset, type KafkaClient, logEnd } from '@atelier/eventing/kafka';

/**
 * What the group has not handled in these topics. One topic after the other, in the order in which records move
 * through them: what has left one of them is seen in the next.
 */
export async function lagOf(client: KafkaClient, group: string, topics: readonly string[]): Promise<bigint> {
  let lag = 0n;
  for (const topic of topics) {
    const { leaders } = await client.topic(topic);
    const lags = await Promise.all(
      leaders.map(async (_, partition) => {
        const end = await logEnd(client, topic, partition);
        return end - (await committedOffset(client, group, topic, partition));
      }),
    );
    lag += lags.reduce((sum, each) => sum + each, 0n);
  }
  return lag;
}

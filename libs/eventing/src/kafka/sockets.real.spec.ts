import { afterAll, describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../fixtures/bare-group.ts';
import { RefusingProxy } from '../../fixtures/refusing-proxy.ts';
import { record, scratchClient, scratchTopic, until } from '../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../fixtures/scratch-group.ts';
import type { Guarantee } from '../engine/guarantee.ts';
import type { Handler } from '../engine/handler.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { LogAppender } from './producing/log-appender.ts';
import { logEnd, storedPositions } from './groups/stored-positions.ts';

describe('the connections of a process', () => {
  const client = scratchClient();
  afterAll(() => client.close());

  /** How many it has once it has handled a record of each of its partitions. */
  async function connectionsOf(partitions: number, guarantee: Guarantee): Promise<number> {
    const [topic, output] = [await scratchTopic(client, partitions), await scratchTopic(client)];
    const all = [...Array(partitions).keys()];
    // The leader of a new partition may not know yet that it is one.
    for (const partition of all) await logEnd(client, topic, partition);
    const group = await scratchGroup(client, topic);
    const handle: Handler['handle'] = async (records) => ({
      output: records.map(() => record(output, 'out')),
    });
    const proxy = await RefusingProxy.start();
    const consumer = runBareGroup(new KafkaCluster(proxy.client()), { group, topic, handle, guarantee });
    try {
      const appender = new LogAppender(client);
      for (const partition of all) await appender.append(record(topic, 'in', partition));
      const asked = all.map((partition) => ({ topic, partition }));
      const handled = async () => {
        const positions = await storedPositions(client, group, asked);
        return positions.filter(({ offset }) => offset > 0n).length;
      };
      let so = 0;
      await until(
        async () => (so = await handled()) === partitions,
        () => so,
      );
      return proxy.connections;
    } finally {
      await consumer.stop();
      await proxy.close();
    }
  }

  it.each<Guarantee>(['exactly-once', 'at-least-once'])(
    'are as many for 200 partitions as for 6, %s (each partition had a producer of its own)',
    async (guarantee) => {
      const few = await connectionsOf(6, guarantee);
      expect(await connectionsOf(200, guarantee)).toBe(few);
    },
  );
});

import { KafkaCluster } from './kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { record, scratchClient, scratchTopic, until } from '../testing/scratch-broker.ts';
import { scratchGroup } from '../testing/scratch-group.ts';
import type { KafkaClient } from './client.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { LogAppender } from './log-appender.ts';
import { PartitionCapacity } from '../engine/partition-capacity.ts';
import { committedOffset } from './positions.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';

describe('a process that is given more partitions than it may work on', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  async function start(partitions: number, capacity: PartitionCapacity, errors: string[] = []) {
    const topic = await scratchTopic(client, partitions);
    const group = await scratchGroup(client, topic);
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [topic],
      capacity,
      log: { info: () => undefined, warn: () => undefined, error: (line) => errors.push(line) },
      processor: (assigned, member) =>
        new TransactionalProcessor(
          new KafkaCluster(client.sibling('worker')),
          member,
          { handle: async () => ({ output: [] }) },
          { group, ...assigned },
        ),
    });
    consumer.start();
    const states = () => [...consumer.status.workers.values()].map(({ state }) => state).sort();
    return { consumer, topic, group, states };
  }

  it('refuses the surplus with a reason, and works on the others', async () => {
    const errors: string[] = [];
    const { consumer, topic, group, states } = await start(3, new PartitionCapacity(2), errors);
    await until(() => states().join() === 'running,running,stopped');
    const [refused] = [...consumer.status.workers].filter(([, { state }]) => state === 'stopped');
    expect(refused?.[1].reason).toBe(
      `${group} ${refused?.[0]} is refused: this process works on 2 partitions already. Start more instances of the service, or raise maxPartitions`,
    );
    expect(errors).toEqual([refused?.[1].reason]);
    const appender = new LogAppender(client);
    for (const partition of [0, 1, 2]) await appender.append(record(topic, 'x', partition));
    const handled = async () => {
      const offsets = [0, 1, 2].map((partition) => committedOffset(client, group, topic, partition));
      return (await Promise.all(offsets)).filter((offset) => offset === 1n).length;
    };
    await until(async () => (await handled()) === 2);
    await consumer.stop();
  });

  it('takes the surplus up when another group of the process gives a place back', async () => {
    const capacity = new PartitionCapacity(2);
    const first = await start(1, capacity);
    await until(() => first.states().join() === 'running');
    const second = await start(2, capacity);
    await until(() => second.states().join() === 'running,stopped');
    await first.consumer.stop();
    await until(() => second.states().join() === 'running,running');
    await second.consumer.stop();
    expect([capacity.take(), capacity.take(), capacity.take()]).toEqual([true, true, false]);
  });
});

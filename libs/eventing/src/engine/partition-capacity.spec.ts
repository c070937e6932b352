import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../fixtures/bare-group.ts';
import { memoryUnderTest } from '../../fixtures/memory-under-test.ts';
import { until } from '../../fixtures/until.ts';
import { PartitionCapacity } from './partition-capacity.ts';

describe('a process that is given more partitions than it may work on', () => {
  let under: Awaited<ReturnType<typeof memoryUnderTest>>;
  const running: { stop(): Promise<void> }[] = [];
  beforeEach(async () => {
    under = await memoryUnderTest();
  });
  afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

  async function start(partitions: number, capacity: PartitionCapacity) {
    const topic = await under.topic(partitions);
    const group = await under.group(topic);
    const handle = async () => ({ output: [] });
    const consumer = runBareGroup(under.cluster, { group, topic, capacity, handle });
    running.push(consumer);
    const states = () => [...consumer.status.workers.values()].map(({ state }) => state).sort();
    return { consumer, topic, group, states };
  }

  it('refuses the surplus with a reason, and works on the others', async () => {
    const { consumer, topic, group, states } = await start(3, new PartitionCapacity(2));
    await until(() => states().join() === 'running,running,stopped');
    const [refused] = [...consumer.status.workers].filter(([, { state }]) => state === 'stopped');
    expect(refused?.[1].reason).toBe(
      `${group} ${refused?.[0]} is refused: this process works on 2 partitions already. Start more instances of the service, or raise maxPartitions`,
    );
    expect(consumer.logged).toContain(refused?.[1].reason);
    const { broker, log } = under.cluster;
    for (const partition of [0, 1, 2])
      broker.append({ topic, partition, key: null, value: Buffer.from('x'), headers: [] });
    const handled = async () => {
      const positions = [0, 1, 2].map((partition) => log.position(group, topic, partition));
      return (await Promise.all(positions)).filter(({ offset }) => offset === 1n).length;
    };
    await until(async () => (await handled()) === 2);
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
    running.splice(0);
    expect([capacity.take(), capacity.take(), capacity.take()]).toEqual([true, true, false]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicPartition } from '../log/log.ts';
import type { ClusterUnderTest } from '../testing/cluster-under-test.ts';
import { until } from '../testing/scratch-broker.ts';
import type { Cluster } from './cluster.ts';
import type { Member } from './membership.ts';

const signal = AbortSignal.timeout(600_000);
const PARTITIONS = 4;

/** What the engine relies on in a member of a group, whatever the cluster is. */
export function membershipContract(start: () => Promise<ClusterUnderTest>): void {
  describe('membership', () => {
    let under: ClusterUnderTest;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.close());

    it('gives a single member all partitions, and confirms that they are its own', async () => {
      const { topic, join } = await scratch();
      const alone = join();
      await until(() => alone.owned().length === PARTITIONS);
      const membership = await alone.member.confirmOwnership(topic, 3, signal);
      expect(alone.member.membershipOf(topic, 3)).toEqual(membership);
      await alone.member.stop();
    });

    it('shares them with one that comes, and gives them back when it leaves', async () => {
      const { topic, join } = await scratch();
      const [first, second] = [join(), join()];
      await until(() => first.owned().length === 2 && second.owned().length === 2);
      const lost = second.owned()[0] as number;
      await expect(first.member.confirmOwnership(topic, lost, signal)).rejects.toMatchObject({
        code: 'PARTITION_LOST',
      });
      expect(() => first.member.membershipOf(topic, lost)).toThrow('is not assigned to this process');
      await second.member.stop();
      await until(() => first.owned().length === PARTITIONS);
      await first.member.stop();
    });

    it('lets a member keep what it works on', async () => {
      const { join } = await scratch();
      const first = join(() => first.owned());
      await until(() => first.owned().length === PARTITIONS);
      const before = first.owned();
      const second = join();
      await until(() => second.owned().length === 2);
      await until(() => first.owned().length === 2);
      expect(before).toEqual(expect.arrayContaining(first.owned()));
      await Promise.all([first.member.stop(), second.member.stop()]);
    });

    it('takes a position outside of transactions from who owns the partition, and from no earlier generation', async () => {
      const { group, topic, join } = await scratch();
      const first = join();
      await until(() => first.owned().length === PARTITIONS);
      const membership = await first.member.confirmOwnership(topic, 0, signal);
      const position = { group, topic, partition: 0, ...membership, instanceId: undefined };
      await under.cluster.commit({ ...position, offset: 5n });
      const second = join();
      await until(() => second.owned().length === 2 && first.owned().length === 2);
      await expect(under.cluster.commit({ ...position, offset: 6n })).rejects.toMatchObject({
        code: 'ILLEGAL_GENERATION',
      });
      expect(await under.cluster.log.position(group, topic, 0, signal)).toMatchObject({ offset: 5n });
      await Promise.all([first.member.stop(), second.member.stop()]);
    });

    async function scratch() {
      const topic = await under.topic(PARTITIONS);
      const group = await under.group(topic);
      let count = 0;
      return {
        topic,
        group,
        join: (running: () => readonly number[] = () => []) =>
          joining(under.cluster.apart(`member-${++count}`), group, topic, running),
      };
    }
  });
}

function joining(cluster: Cluster, group: string, topic: string, running: () => readonly number[]) {
  let partitions: readonly TopicPartition[] = [];
  const member: Member = cluster.member({
    group,
    topics: [topic],
    held: () => ({ running: running().map((partition) => `${topic}-${partition}`), stored: [] }),
    assigned: (assigned) => (partitions = assigned),
    report: () => undefined,
  });
  member.start();
  return { member, owned: () => partitions.map(({ partition }) => partition) };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicPartition } from '../../log/log.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { scratchName, until } from '../../../fixtures/scratch-broker.ts';
import type { Cluster } from './cluster.ts';
import type { Member, MemberOptions } from './membership.ts';

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
      const first = join({ running: () => first.owned() });
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

    it('goes on without a member that is silent for a session: what that one still does is refused, and it joins again', async () => {
      const { group, topic, join } = await scratch();
      const [silent, other] = [join({ session: 'shortest' }), join({ session: 'shortest' })];
      await until(() => silent.owned().length === 2 && other.owned().length === 2);
      const lost = silent.owned()[0] as number;
      const membership = silent.member.membershipOf(topic, lost);
      silent.pause();
      await until(() => other.owned().length === PARTITIONS);
      expect(silent.member.membershipOf(topic, lost)).toEqual(membership);
      expect(silent.member.silentMs).toBeGreaterThan(other.member.silentMs);
      const position = { group, topic, partition: lost, offset: 5n, ...membership, instanceId: undefined };
      const refused = { code: 'UNKNOWN_MEMBER_ID' };
      await expect(under.cluster.commit(position)).rejects.toMatchObject(refused);
      const transaction = await under.transactions(scratchName('zombie'));
      await expect(transaction.commitPosition(position)).rejects.toMatchObject(refused);
      const confirming = silent.member.confirmOwnership(topic, lost, signal);
      confirming.catch(() => undefined);
      silent.resume();
      await expect(confirming).rejects.toMatchObject({ code: 'PARTITION_LOST' });
      await until(() => silent.owned().length === 2 && other.owned().length === 2);
      expect(silent.shares()).toContain(0);
      const [again] = silent.owned() as [number];
      expect(silent.member.membershipOf(topic, again).memberId).not.toBe(membership.memberId);
      expect(await under.cluster.log.position(group, topic, lost, signal)).toMatchObject({ offset: 0n });
      await stopped(silent, other);
    });

    it('waits with a rebalance for a member that is silent for less than its session', async () => {
      const { topic, join } = await scratch();
      const [silent, other] = [join(), join()];
      await until(() => silent.owned().length === 2 && other.owned().length === 2);
      silent.pause();
      const third = join();
      const kept = other.owned()[0] as number;
      silent.resume();
      await until(() => third.owned().length === 1);
      await until(() => silent.owned().length + other.owned().length === 3);
      expect(silent.shares()).not.toContain(0);
      const mine = other.owned();
      const confirmed = mine.map((partition) => other.member.confirmOwnership(topic, partition, signal));
      expect(mine).toContain(kept);
      expect(await Promise.all(confirmed)).toEqual(
        mine.map((each) => other.member.membershipOf(topic, each)),
      );
      await stopped(silent, other, third);
    });

    it.each(['is dead', 'lives'] as const)(
      'gives the place of a member that %s to who comes under its static name, and shares nothing out anew',
      async (state) => {
        const { group, topic, join } = await scratch();
        const [first, other] = [join({ instanceId: 'first' }), join({ instanceId: 'other' })];
        await until(() => first.owned().length === 2 && other.owned().length === 2);
        const [mine, theirs] = [first.owned(), other.owned()];
        const [partition, beside] = [mine[0] as number, theirs[0] as number];
        const former = await first.member.confirmOwnership(topic, partition, signal);
        const untouched = await other.member.confirmOwnership(topic, beside, signal);
        const rebalances = other.shares().length;
        if (state === 'is dead') first.pause();
        const second = join({ instanceId: 'first' });
        await until(() => second.owned().length === 2);
        expect(second.owned()).toEqual(mine);
        const latter = await second.member.confirmOwnership(topic, partition, signal);
        expect([latter.generation, latter.memberId === former.memberId]).toEqual([former.generation, false]);
        expect(await other.member.confirmOwnership(topic, beside, signal)).toEqual(untouched);
        expect(other.shares()).toHaveLength(rebalances);
        const position = { group, topic, partition, offset: 5n, ...former };
        await expect(under.cluster.commit({ ...position, instanceId: 'first' })).rejects.toMatchObject({
          code: 'FENCED_INSTANCE_ID',
        });
        await expect(under.cluster.commit({ ...position, instanceId: undefined })).rejects.toMatchObject({
          code: 'UNKNOWN_MEMBER_ID',
        });
        first.resume();
        await until(() => !first.member.joined);
        expect([first.owned(), first.member.trouble]).toEqual([[], expect.anything()]);
        await expect(first.member.confirmOwnership(topic, partition, impatient())).rejects.toThrow();
        await first.member.stop();
        expect(await second.member.confirmOwnership(topic, partition, signal)).toEqual(latter);
        await under.cluster.commit({ ...position, ...latter, instanceId: 'first' });
        await stopped(second, other);
      },
    );

    it('shares out no more partitions than are declared', async () => {
      const { join } = await scratch();
      const declared = () => 2;
      const [first, second] = [join({ declared }), join({ declared })];
      await until(() => first.owned().length === 1 && second.owned().length === 1);
      expect([...first.owned(), ...second.owned()].sort()).toEqual([0, 1]);
      await stopped(first, second);
    });

    it('has no members before its topics are there', async () => {
      const topic = scratchName('later');
      const { join } = await scratch(topic);
      const member = join();
      await under.topic(PARTITIONS, topic);
      await until(() => member.owned().length === PARTITIONS);
      expect(member.shares()).toEqual([PARTITIONS]);
      await stopped(member);
    });

    it('takes positions of nobody in a transaction only, while there are members', async () => {
      const { group, topic, join } = await scratch();
      const nobody = { group, topic, partition: 0, memberId: '', generation: -1, instanceId: undefined };
      await under.cluster.commit({ ...nobody, offset: 1n });
      const member = join();
      await until(() => member.owned().length === PARTITIONS);
      await expect(under.cluster.commit({ ...nobody, offset: 2n })).rejects.toMatchObject({
        code: 'UNKNOWN_MEMBER_ID',
      });
      const transaction = await under.transactions(scratchName('nobody'));
      await transaction.commitPosition({ ...nobody, offset: 3n });
      await transaction.end('committed');
      expect(await under.cluster.log.position(group, topic, 0, signal)).toMatchObject({ offset: 3n });
      await member.member.stop();
    });

    interface Joining {
      readonly running?: () => readonly number[];
      readonly instanceId?: string;
      /** The shortest that there is, or the usual one. */
      readonly session?: 'shortest';
      readonly declared?: (topic: string) => number;
    }

    async function scratch(missing?: string) {
      const topic = missing ?? (await under.topic(PARTITIONS));
      const group = missing === undefined ? await under.group(topic) : scratchName('group');
      let count = 0;
      const join = ({ running, instanceId, session, declared }: Joining = {}) => {
        const process = under.process(`member-${++count}`);
        const member = joining(process.cluster, running, {
          group,
          topics: [topic],
          ...(instanceId !== undefined && { instanceId }),
          ...(declared && { partitions: declared }),
          ...(session && { sessionTimeoutMs: under.shortestSessionMs }),
        });
        return { ...member, pause: () => process.pause(), resume: () => process.resume() };
      };
      return { topic, group, join };
    }
  });
}

/** Waits for what was asked already, and for nothing that may come. */
const impatient = () => AbortSignal.timeout(100);

const stopped = (...joined: readonly { readonly member: Member }[]) =>
  Promise.all(joined.map(({ member }) => member.stop()));

function joining(
  cluster: Cluster,
  running: () => readonly number[] = () => [],
  options: Omit<MemberOptions, 'held' | 'assigned' | 'report'>,
) {
  const [topic] = options.topics;
  const told: (readonly TopicPartition[])[] = [];
  const member: Member = cluster.member({
    ...options,
    held: () => ({ running: running().map((partition) => `${topic}-${partition}`), stored: [] }),
    assigned: (assigned) => void told.push(assigned),
    report: () => undefined,
  });
  member.start();
  return {
    member,
    owned: () => (told.at(-1) ?? []).map(({ partition }) => partition),
    /** How many partitions it had, one time after the other. */
    shares: () => told.map(({ length }) => length),
  };
}

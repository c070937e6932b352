import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicPartition } from '../../log/log.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { record, scratchName } from '../../../fixtures/scratch-broker.ts';
import type { GroupPosition } from './transactions.ts';

const signal = AbortSignal.timeout(600_000);
const FENCED = expect.stringMatching(/^(PRODUCER_FENCED|INVALID_PRODUCER_EPOCH)$/);

/** What a producer relies on in those who keep transactions, whatever the cluster is: request by request. */
export function transactionRequestsContract(start: () => Promise<ClusterUnderTest>): void {
  describe('requests of transactions', () => {
    let under: ClusterUnderTest;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.close());

    it.each(['committed', 'aborted'] as const)(
      'span partitions of several topics and positions of several groups, all of which are %s',
      async (outcome) => {
        const { places, groups, transaction, visible } = await scratch();
        for (const { topic, partition } of places) await transaction.write(record(topic, 'a', partition));
        for (const position of groups) await transaction.commitPosition(position);
        expect(await stableEnds(places)).toEqual([0n, 0n, 0n]);
        let known = 0;
        const asked = groups.map((at) => positionOf(at).finally(() => known++));
        await transaction.write(record(places[0]?.topic as string, 'b'));
        expect([known, await stableEnds(places)]).toEqual([0, [0n, 0n, 0n]]);
        await transaction.end(outcome);
        const committed = outcome === 'committed';
        expect(await Promise.all(asked)).toEqual(committed ? [5n, 5n] : [0n, 0n]);
        expect(await visible()).toEqual(committed ? [['a', 'b'], ['a'], ['a']] : [[], [], []]);
      },
    );

    it.each(['committed', 'aborted'] as const)(
      'tell a position that is refused, of one group, and leave it to the producer what becomes of the rest: %s',
      async (outcome) => {
        const { places, groups, transaction, visible } = await scratch();
        const [first, second] = groups as [GroupPosition, GroupPosition];
        for (const { topic, partition } of places) await transaction.write(record(topic, 'a', partition));
        await transaction.commitPosition(first);
        await expect(
          transaction.commitPosition({ ...second, memberId: 'nobody', generation: 3 }),
        ).rejects.toMatchObject({ code: 'UNKNOWN_MEMBER_ID' });
        await transaction.end(outcome);
        expect(await visible()).toEqual(outcome === 'committed' ? [['a'], ['a'], ['a']] : [[], [], []]);
        expect(await Promise.all(groups.map(positionOf))).toEqual(
          outcome === 'committed' ? [5n, 0n] : [0n, 0n],
        );
      },
    );

    it.each([
      ['committed', 'aborted'],
      ['aborted', 'committed'],
    ] as const)(
      'may be asked again how a transaction has ended: %s; whoever asks for %s is refused',
      async (outcome, other) => {
        const { places, transaction, visible } = await scratch();
        const [{ topic }] = places as [TopicPartition];
        await transaction.write(record(topic, 'a'));
        await transaction.end(outcome);
        await transaction.endAgain(outcome);
        await visible();
        await transaction.endAgain(outcome);
        await expect(transaction.endAgain(other)).rejects.toMatchObject({ code: 'INVALID_TXN_STATE' });
        await transaction.write(record(topic, 'b'));
        await expect(transaction.endAgain(outcome)).rejects.toMatchObject({ code: FENCED });
        await transaction.end('committed');
        expect((await visible())[0]).toEqual(outcome === 'committed' ? ['a', 'b'] : ['b']);
      },
    );

    it('are a fact place by place, as markers come: a position may be final while records are hidden', async () => {
      const { places, groups, transaction, visible } = await scratch();
      const [hidden, , shown] = places as [TopicPartition, TopicPartition, TopicPartition];
      for (const { topic, partition } of places) await transaction.write(record(topic, 'a', partition));
      for (const position of groups) await transaction.commitPosition(position);
      const [first, second] = groups as [GroupPosition, GroupPosition];
      await transaction.mark({ group: first.group }, 'committed');
      expect(await positionOf(first)).toBe(5n);
      let known = false;
      const asked = positionOf(second).finally(() => (known = true));
      expect([known, await stableEnds(places)]).toEqual([false, [0n, 0n, 0n]]);
      await transaction.mark(shown, 'committed');
      expect(await valuesOf(shown)).toEqual(['a']);
      expect([known, await stableEnds(places)]).toEqual([false, [0n, 0n, 2n]]);
      const at = { ...hidden, offset: 0n };
      await expect(under.cluster.log.endedRecordAt(at, signal)).rejects.toMatchObject({ code: 'NOT_STABLE' });
      await transaction.end('committed');
      expect([await asked, await visible()]).toEqual([5n, [['a'], ['a'], ['a']]]);
    });

    it('of a transaction in which nothing was done: it may be given up, and not be committed', async () => {
      const { transaction } = await scratch();
      await expect(transaction.end('committed')).rejects.toMatchObject({ code: 'INVALID_TXN_STATE' });
      await transaction.end('aborted');
    });

    it('of one that somebody else fences are undone in all partitions and groups, and refused from then on', async () => {
      const { name, places, groups, transaction, visible } = await scratch();
      const [{ topic }, [position]] = [places[0] as TopicPartition, groups as [GroupPosition]];
      for (const each of places) await transaction.write(record(each.topic, 'former', each.partition));
      for (const each of groups) await transaction.commitPosition(each);
      const latter = await under.transactions(name);
      // Nothing is left to be waited for.
      expect(await stableEnds(places)).toEqual([2n, 2n, 2n]);
      expect(await visible()).toEqual([[], [], []]);
      expect(await Promise.all(groups.map(positionOf))).toEqual([0n, 0n]);
      await latter.write(record(topic, 'latter'));
      await expect(transaction.write(record(topic, 'zombie'))).rejects.toMatchObject({ code: FENCED });
      await expect(transaction.commitPosition(position)).rejects.toMatchObject({ code: FENCED });
      await expect(transaction.end('committed')).rejects.toMatchObject({ code: FENCED });
      await latter.end('committed');
      expect((await visible())[0]).toEqual(['latter']);
    });

    /** Three partitions of two topics, and a group of each topic that is to be moved to 5. */
    async function scratch() {
      const [one, other] = [await under.topic(2), await under.topic(1)];
      const places = [
        { topic: one, partition: 0 },
        { topic: one, partition: 1 },
        { topic: other, partition: 0 },
      ];
      const moved = { partition: 0, offset: 5n, memberId: '', generation: -1 };
      const groups = [
        { group: await under.group(one), topic: one, ...moved },
        { group: await under.group(other), topic: other, ...moved },
      ];
      const name = scratchName('requests');
      const transaction = await under.transactions(name);
      /** By partition, once nothing is open. */
      const visible = () => Promise.all(places.map(valuesOf));
      return { name, places, groups, transaction, visible };
    }

    async function valuesOf({ topic, partition }: TopicPartition): Promise<string[]> {
      const { log } = under.cluster;
      const values: string[] = [];
      const to = await wholeEnd(log, topic, partition, signal);
      for await (const { records } of log.read(topic, partition, { from: 0n, to, signal }))
        values.push(...records.map(({ value }) => String(value)));
      return values;
    }

    const positionOf = async ({ group, topic, partition }: GroupPosition) =>
      (await under.cluster.log.position(group, topic, partition, signal)).offset;
    const stableEnds = (places: readonly TopicPartition[]) =>
      Promise.all(places.map(({ topic, partition }) => under.cluster.log.stableEnd(topic, partition)));
  });
}

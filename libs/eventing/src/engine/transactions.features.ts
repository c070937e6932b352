import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wholeEnd } from '../log/positions.ts';
import type { OutgoingRecord } from '../log/record.ts';
import type { ClusterUnderTest } from '../testing/cluster-under-test.ts';
import type { Failpoint, FailpointName } from './failpoints.ts';
import type { Member } from './membership.ts';
import type { Producer } from './transactions.ts';

const signal = AbortSignal.timeout(600_000);

/** What the engine relies on in a transactional producer, whatever the cluster is. */
export function transactionsContract(start: () => Promise<ClusterUnderTest>): void {
  describe('transactions', () => {
    let under: ClusterUnderTest;
    let output: string;
    beforeAll(async () => {
      under = await start();
      output = await under.topic(2);
    });
    afterAll(() => under.close());

    it('make records and position visible together, and not before', async () => {
      const { producer, position, positionOf, seen } = await working(async (name) => {
        if (name !== 'before-commit') return;
        expect(await seen(stableEnd)).toEqual([]);
        const [stable, end] = await ends();
        expect(stable).toBeLessThan(end);
      });
      await producer.transact([record('a', 0), record('b', 1)], await position(3n));
      expect(await positionOf()).toMatchObject({ offset: 3n });
      expect(await seen()).toEqual(['a', 'b']);
    });

    it('answer where the records stand, and keep the text that is made of it, and of who wrote them, with the position', async () => {
      const { producer, position, positionOf } = await working();
      const offsets = await producer.transact(
        [record('a', 0)],
        await position(1n),
        (bases, producerId) => `${bases.get(`${output}-0`)} ${producerId}`,
      );
      const offset = offsets.get(`${output}-0`) as bigint;
      const stored = await positionOf();
      const [, producerId = ''] = stored.metadata.split(' ');
      expect(stored).toEqual({ offset: 1n, metadata: `${offset} ${producerId}` });
      const at = { topic: output, partition: 0, offset };
      expect(await under.cluster.log.endedRecordAt(at, signal)).toMatchObject({
        record: { value: Buffer.from('a'), producerId: BigInt(producerId) },
        aborted: false,
      });
    });

    it('leave a marker behind what they wrote', async () => {
      const { producer, position } = await working();
      const offsets = await producer.transact([record('a', 0)], await position(1n));
      const offset = (offsets.get(`${output}-0`) as bigint) + 1n;
      await wholeEnd(under.cluster.log, output, 0, signal);
      const at = { topic: output, partition: 0, offset };
      expect(await under.cluster.log.endedRecordAt(at, signal)).toBe('marker');
    });

    it('are undone when their producer gives up, and leave nothing open', async () => {
      const { producer, position, positionOf, seen, dying } = await working();
      const failure = new Error('the handler gave up');
      dying('before-commit', failure);
      await expect(producer.transact([record('lost', 0)], await position(9n))).rejects.toThrow();
      expect(await positionOf()).toMatchObject({ offset: 0n });
      expect(await seen()).toEqual([]);
    });

    it('of a predecessor are undone by the fence, and the predecessor is locked out', async () => {
      const first = await working(async (name) => {
        if (name === 'before-commit') await second.fence(signal);
      });
      const second = first.rival();
      await expect(
        first.producer.transact([record('fenced', 0)], await first.position(5n)),
      ).rejects.toMatchObject({ code: 'PRODUCER_FENCED' });
      expect(await first.positionOf()).toMatchObject({ offset: 0n });
      await second.transact([record('kept', 0)], await first.position(6n));
      expect(await first.seen()).toEqual(['kept']);
    });

    it('refuse the position of an earlier generation, and write nothing then', async () => {
      const { producer, position, positionOf, seen } = await working();
      const stale = { ...(await position(4n)), generation: 0 };
      await expect(producer.transact([record('stale', 0)], stale)).rejects.toMatchObject({
        code: 'ILLEGAL_GENERATION',
      });
      expect(await positionOf()).toMatchObject({ offset: 0n });
      expect(await seen()).toEqual([]);
    });

    it('hide a position that they may change: who asks waits for it', async () => {
      let asked: Promise<unknown> | undefined;
      const { producer, position, positionOf } = await working(async (name) => {
        if (name === 'after-offsets') asked = positionOf();
      });
      await producer.transact([], await position(7n));
      expect(await asked).toMatchObject({ offset: 7n });
    });

    it('need a fence after every failure', async () => {
      const { producer, position, dying } = await working();
      dying('after-send', new Error('gone'));
      await expect(producer.transact([record('x', 0)], await position(1n))).rejects.toThrow();
      await expect(producer.transact([], await position(1n))).rejects.toMatchObject({ code: 'NOT_FENCED' });
      await producer.fence(signal);
      await producer.transact([], await position(2n));
    });

    const record = (value: string, partition: number): OutgoingRecord => ({
      topic: output,
      partition,
      key: null,
      value: Buffer.from(value),
      headers: [],
    });
    const stableEnd = (partition: number) => under.cluster.log.stableEnd(output, partition, signal);
    const settledEnd = (partition: number) => wholeEnd(under.cluster.log, output, partition, signal);
    const ends = () =>
      Promise.all([under.cluster.log.stableEnd(output, 0, signal), under.cluster.log.end(output, 0, signal)]);

    /** A fenced producer of a group that has joined, on an output that others have written to before. */
    async function working(failpoint: Failpoint = async () => undefined) {
      const { cluster } = under;
      const source = await under.topic();
      const group = await under.group(source);
      const member = await joined(group, source);
      const from = await ends().then(async ([, end]) => [end, await cluster.log.end(output, 1, signal)]);
      let death: { readonly at: FailpointName; readonly error: Error } | undefined;
      const transactionalId = `${group}.${source}.0`;
      const producer = cluster.producer({
        transactionalId,
        failpoint: async (name) => {
          const { at, error } = death ?? {};
          if (name === at) {
            death = undefined;
            throw error;
          }
          await failpoint(name);
        },
      });
      await producer.fence(signal);
      return {
        producer,
        rival: (): Producer => cluster.producer({ transactionalId }),
        dying: (at: FailpointName, error: Error) => (death = { at, error }),
        position: async (offset: bigint) => ({
          group,
          topic: source,
          partition: 0,
          offset,
          ...(await member.confirmOwnership(source, 0, signal)),
        }),
        positionOf: () => cluster.log.position(group, source, 0, signal),
        /** What is committed since then, of both partitions: once nothing is open, unless another end is asked for. */
        seen: async (endOf: (partition: number) => Promise<bigint> = settledEnd) => {
          const values: string[] = [];
          for (const [partition, begin] of from.entries()) {
            const to = await endOf(partition);
            for await (const { records } of cluster.log.read(output, partition, { from: begin, to, signal }))
              values.push(...records.map(({ value }) => String(value)));
          }
          return values;
        },
      };
    }

    async function joined(group: string, topic: string): Promise<Member> {
      const arrived = Promise.withResolvers<void>();
      const member = under.cluster.member({
        group,
        topics: [topic],
        held: () => ({ running: [], stored: [] }),
        assigned: () => arrived.resolve(),
        report: () => undefined,
      });
      member.start();
      members.push(member);
      await arrived.promise;
      return member;
    }

    const members: Member[] = [];
    afterAll(() => Promise.all(members.map((member) => member.stop())));
  });
}

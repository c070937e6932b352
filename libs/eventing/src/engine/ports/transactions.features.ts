import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicPartition } from '../../log/log.ts';
import type { BaseOffsets } from '../../log/partitions.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { producersUnderTest } from '../../../fixtures/producers-under-test.ts';
import { incompressible } from '../../../fixtures/incompressible.ts';
import { scratchName } from '../../../fixtures/scratch-broker.ts';
import type { Failpoint } from '../failpoints.ts';

const signal = AbortSignal.timeout(600_000);

/** What the engine relies on in a transactional producer, whatever the cluster is. */
export function transactionsContract(start: () => Promise<ClusterUnderTest>): void {
  describe('transactions', () => {
    let under: ClusterUnderTest;
    let output: string;
    let producers: ReturnType<typeof producersUnderTest>;
    beforeAll(async () => {
      under = await start();
      output = await under.topic(2);
      producers = producersUnderTest(under, output);
    });
    afterAll(async () => {
      await producers.stop();
      await under.close();
    });

    it('make records and position visible together, and not before', async () => {
      const { producer, position, positionOf, seen } = await working(async (name) => {
        if (name !== 'before-commit') return;
        expect(await seen(stableEnd)).toEqual([]);
        const [stable, end] = await ends();
        expect(stable).toBeLessThan(end);
      });
      await producer.transact([{ records: [record('a', 0), record('b', 1)], position: await position(3n) }]);
      expect(await positionOf()).toMatchObject({ offset: 3n });
      expect(await seen()).toEqual(['a', 'b']);
    });

    it('answer where the records stand, and keep the text that is made of it, and of who wrote them, with the position', async () => {
      const { producer, position, positionOf } = await working();
      const [offsets] = await producer.transact([
        {
          records: [record('a', 0)],
          position: await position(1n),
          metadata: (bases, producerId) => `${bases.get(`${output}-0`)} ${producerId}`,
        },
      ]);
      const offset = offsets?.get(`${output}-0`) as bigint;
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
      const [offsets] = await producer.transact([
        { records: [record('a', 0)], position: await position(1n) },
      ]);
      const offset = (offsets?.get(`${output}-0`) as bigint) + 1n;
      await wholeEnd(under.cluster.log, output, 0, signal);
      const at = { topic: output, partition: 0, offset };
      expect(await under.cluster.log.endedRecordAt(at, signal)).toBe('marker');
    });

    it('are undone when their producer gives up, and leave nothing open', async () => {
      const { producer, position, positionOf, seen, dying } = await working();
      const failure = new Error('the handler gave up');
      dying('before-commit', failure);
      await expect(
        producer.transact([{ records: [record('lost', 0)], position: await position(9n) }]),
      ).rejects.toThrow();
      expect(await positionOf()).toMatchObject({ offset: 0n });
      expect(await seen()).toEqual([]);
    });

    it('of a predecessor are undone by the fence, and the predecessor is locked out', async () => {
      const first = await working(async (name) => {
        if (name === 'before-commit') await second.fence(signal);
      });
      const second = first.rival();
      await expect(
        first.producer.transact([{ records: [record('fenced', 0)], position: await first.position(5n) }]),
      ).rejects.toMatchObject({ code: 'PRODUCER_FENCED' });
      expect(await first.positionOf()).toMatchObject({ offset: 0n });
      await second.transact([{ records: [record('kept', 0)], position: await first.position(6n) }]);
      expect(await first.seen()).toEqual(['kept']);
    });

    it('refuse the position of an earlier generation, and write nothing then', async () => {
      const { producer, position, positionOf, seen } = await working();
      const stale = { ...(await position(4n)), generation: 0 };
      await expect(
        producer.transact([{ records: [record('stale', 0)], position: stale }]),
      ).rejects.toMatchObject({
        code: 'ILLEGAL_GENERATION',
      });
      expect(await positionOf()).toMatchObject({ offset: 0n });
      expect(await seen()).toEqual([]);
    });

    it('have parts of several groups: each hears where its own records stand, among those of the others', async () => {
      const { producer, position, positionOf } = await working();
      const other = await working();
      const text = (bases: BaseOffsets) => [...bases].map(([key, offset]) => `${key}@${offset}`).join();
      const [first, second, third] = await producer.transact([
        { records: [record('a', 0), record('b', 0)], position: await position(1n), metadata: text },
        { records: [record('c', 0), record('d', 1)], position: await other.position(2n), metadata: text },
        { records: [], position: { ...(await other.position(3n)), topic: output } },
      ]);
      const begin = first?.get(`${output}-0`) ?? -1n;
      expect(first).toEqual(new Map([[`${output}-0`, begin]]));
      expect(second?.get(`${output}-0`)).toBe(begin + 2n);
      expect([...(second?.keys() ?? [])]).toEqual([`${output}-0`, `${output}-1`]);
      expect(third).toEqual(new Map());
      expect(await positionOf()).toEqual({ offset: 1n, metadata: `${output}-0@${begin}` });
      expect(await other.positionOf()).toMatchObject({ offset: 2n });
      expect(await other.positionOf(output)).toMatchObject({ offset: 3n });
    });

    it('are undone as a whole when the position of one part is refused, and name its group', async () => {
      const { producer, position, positionOf, seen } = await working();
      const other = await working();
      const stale = { ...(await other.position(2n)), generation: 0 };
      await expect(
        producer.transact([
          { records: [record('a', 0)], position: await position(1n) },
          { records: [record('b', 1)], position: stale },
        ]),
      ).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION', fields: { group: stale.group } });
      expect([(await positionOf()).offset, (await other.positionOf()).offset]).toEqual([0n, 0n]);
      expect(await seen()).toEqual([]);
    });

    it('hide a position that they may change: who asks waits for it', async () => {
      let asked: Promise<unknown> | undefined;
      const { producer, position, positionOf } = await working(async (name) => {
        if (name === 'after-offsets') asked = positionOf();
      });
      await producer.transact([{ records: [], position: await position(7n) }]);
      expect(await asked).toMatchObject({ offset: 7n });
    });

    it('need a fence after every failure', async () => {
      const { producer, position, dying } = await working();
      dying('after-send', new Error('gone'));
      await expect(
        producer.transact([{ records: [record('x', 0)], position: await position(1n) }]),
      ).rejects.toThrow();
      await expect(producer.transact([{ records: [], position: await position(1n) }])).rejects.toMatchObject({
        code: 'NOT_FENCED',
      });
      await producer.fence(signal);
      await producer.transact([{ records: [], position: await position(2n) }]);
    });

    it('need a fence before the first', async () => {
      const { rival, position } = await working();
      await expect(rival().transact([{ records: [], position: await position(1n) }])).rejects.toMatchObject({
        code: 'NOT_FENCED',
      });
    });

    it('span many partitions of several topics: all or nothing of it is there, and each says where it stands', async () => {
      const { producer, position, positionOf, dying } = await working();
      const topics = [await under.topic(3), await under.topic(2)];
      const places = [0, 1, 2].map((partition) => ({ topic: topics[0] as string, partition }));
      places.push(...[0, 1].map((partition) => ({ topic: topics[1] as string, partition })));
      const records = places.flatMap((place) =>
        ['a', 'b'].map((value) => ({ ...record(value, 0), ...place })),
      );
      const visible = async () => {
        const ends = places.map((at) => wholeEnd(under.cluster.log, at.topic, at.partition, signal));
        const read = (await Promise.all(ends)).map((to, at) =>
          producers.valuesOf(places[at] as TopicPartition, 0n, to),
        );
        return Promise.all(read);
      };
      dying('before-commit', new Error('gave up'));
      await expect(producer.transact([{ records, position: await position(1n) }])).rejects.toThrow('gave up');
      expect(await visible()).toEqual(places.map(() => []));
      await producer.fence(signal);
      const [offsets] = await producer.transact([{ records, position: await position(1n) }]);
      // Behind two records that were aborted, and their marker.
      expect([...(offsets ?? new Map()).values()]).toEqual(places.map(() => 3n));
      expect(await visible()).toEqual(places.map(() => ['a', 'b']));
      expect(await positionOf()).toMatchObject({ offset: 1n });
    });

    it('whose answer was lost have happened, or not, as the position tells: who asks it repeats nothing', async () => {
      const { producer, position, positionOf, seen, dying } = await working();
      const once = async () => {
        const { offset } = await positionOf();
        if (offset < 1n)
          await producer.transact([{ records: [record('once', 0)], position: await position(1n) }]);
      };
      dying('during-commit', new Error('the answer was lost'));
      await expect(once()).rejects.toThrow('the answer was lost');
      await producer.fence(signal);
      await once();
      expect([(await positionOf()).offset, await seen()]).toEqual([1n, ['once']]);
    });

    it('refuse what is larger than a topic allows, by its name, and leave nothing open', async () => {
      const { producer, position, positionOf, seen } = await working();
      const large = { ...record('', 1), value: incompressible(1_048_588) };
      await expect(
        producer.transact([{ records: [record('small', 0), large], position: await position(4n) }]),
      ).rejects.toMatchObject({
        code: 'MESSAGE_TOO_LARGE',
        retryable: false,
        topic: output,
      });
      expect([(await positionOf()).offset, await seen()]).toEqual([0n, []]);
      await producer.fence(signal);
      await producer.transact([{ records: [record('small', 0)], position: await position(5n) }]);
      expect(await seen()).toEqual(['small']);
    });

    it('refuse more text with a position than brokers keep, and leave nothing open', async () => {
      const { producer, position, positionOf, seen } = await working();
      const text = (length: number) => () => 'x'.repeat(length);
      await expect(
        producer.transact([
          { records: [record('a', 0)], position: await position(4n), metadata: text(4_097) },
        ]),
      ).rejects.toMatchObject({ code: 'OFFSET_METADATA_TOO_LARGE', retryable: false });
      expect([(await positionOf()).offset, await seen()]).toEqual([0n, []]);
      await producer.fence(signal);
      await producer.transact([
        { records: [record('b', 0)], position: await position(5n), metadata: text(4_096) },
      ]);
      expect([(await positionOf()).metadata.length, await seen()]).toEqual([4_096, ['b']]);
    });

    it.each([
      ['topic', true],
      ['partition', false],
    ])(
      'into a %s that is not there fail, with nothing left open; the topic may still come: %s',
      async (what, retryable) => {
        const { producer, position, positionOf, seen } = await working();
        const place = what === 'topic' ? { topic: scratchName('nothing') } : { partition: 2 };
        const lost = { ...record('lost', 0), ...place };
        await expect(
          producer.transact([{ records: [record('beside', 0), lost], position: await position(4n) }]),
        ).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION', retryable });
        expect([(await positionOf()).offset, await seen()]).toEqual([0n, []]);
      },
    );

    const working = (failpoint?: Failpoint) => producers.working(failpoint);
    const record = (value: string, partition: number) => producers.record(value, partition);
    const stableEnd = (partition: number) => producers.stableEnd(partition);
    const ends = () => producers.ends();
  });
}

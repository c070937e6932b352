import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { patience, record, scratchName } from '../../../fixtures/scratch-broker.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import type { Handled } from '../handler.ts';
import type { Member } from '../ports/membership.ts';
import { decodeWitness } from './witness.ts';

const PARTITIONS = 40;

/** What the engine relies on where a position names the witnesses of its transaction, whatever the cluster is. */
export function witnessContract(start: () => Promise<ClusterUnderTest>): void {
  describe('the witnesses of a position', () => {
    let under: ClusterUnderTest;
    let source: string;
    let output: string;
    beforeAll(async () => {
      under = await start();
      source = await under.topic();
      // With the longest name that Kafka allows: few of its partitions can be named.
      output = await under.topic(PARTITIONS, scratchName('output').padEnd(249, '-'));
    });
    afterAll(() => under.close());

    /** Each record goes to a partition of its own. */
    const spread = async (records: readonly { readonly offset: bigint }[]): Promise<Handled> => ({
      output: records.map(({ offset }) => record(output, String(offset), Number(offset))),
    });

    async function working(handle: typeof spread) {
      const group = await under.group(source);
      const membership = { memberId: '', generation: -1 };
      const member = {
        confirmOwnership: async () => membership,
        membershipOf: () => membership,
        tenureOf: () => 1,
      };
      const at = { group, topic: source, partition: 0 };
      const processor = transactionalOn(under.cluster, member as unknown as Member, { handle }, at);
      await processor.assign(patience());
      const stored = () => under.cluster.log.position(group, source, 0, patience());
      return { processor, stored };
    }

    const batch = Array.from({ length: PARTITIONS }, (_, offset) => ({
      ...record(source, 'x'),
      offset: BigInt(offset),
      timestamp: 0,
    }));

    it('are all there: a batch of which too many follow is handled in part (those that did not fit were left out)', async () => {
      const { processor, stored } = await working(spread);
      const parts: number[] = [];
      for (let left = batch; left.length > 0;) {
        const rest = await processor.process(
          { topic: source, records: left, nextOffset: BigInt(PARTITIONS) },
          patience(),
        );
        const { offset, metadata } = await stored();
        expect(offset).toBe(BigInt(PARTITIONS - rest.length));
        expect(decodeWitness(metadata)?.outputs).toHaveLength(left.length - rest.length);
        parts.push(left.length - rest.length);
        left = left.slice(left.length - rest.length);
      }
      expect(parts.length).toBeGreaterThan(2);
      const ends = batch.map(({ offset }) => under.cluster.log.end(output, Number(offset)));
      // A record, and its marker.
      expect(new Set(await Promise.all(ends))).toEqual(new Set([2n]));
      await processor.close();
    });

    it('are too many for one record: nothing of it is published, and it is said why', async () => {
      const { processor, stored } = await working(() => spread(batch));
      const process = processor.process(
        { topic: source, records: batch.slice(0, 1), nextOffset: 1n },
        patience(),
      );
      await expect(process).rejects.toMatchObject({
        code: 'TOO_MANY_WITNESSES',
        message: expect.stringContaining(`goes to ${PARTITIONS} partitions`),
      });
      expect((await stored()).offset).toBe(0n);
      await processor.close();
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { patience, record, scratchName, until } from '../../../fixtures/scratch-broker.ts';
import { CommitCycles, type Share } from './commit-cycles.ts';
import type { Failpoint } from '../failpoints.ts';
import { transactionalIdsOf } from './transactional-ids.ts';

/** What the transactions of a process do where one of them is held up, or its id is taken over, whatever the cluster is. */
export function commitCyclesContract(start: () => Promise<ClusterUnderTest>): void {
  describe('the transactions of a process', () => {
    let under: ClusterUnderTest;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.close());

    it('go on under a second id while one is held up, with what does not need its places', async () => {
      const [reached, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let isHeld = false;
      const { cycles, share, position, open } = await process(async (moment) => {
        if (moment !== 'after-send' || isHeld) return;
        isHeld = true;
        reached.resolve();
        await release.promise;
      });
      const held = cycles.commit(share(0));
      await reached.promise;
      const [same, other] = [cycles.commit(share(0, 2n)), cycles.commit(share(1))];
      await other;
      expect([await position(1), (await open())[0]]).toEqual([1n, true]);
      release.resolve();
      await Promise.all([held, same]);
      expect([await position(0), ...(await open())]).toEqual([2n, false, false]);
      await cycles.close();
    });

    it('end what a process of the same name has left open under either id, before positions are read', async () => {
      const { name, cycles, share, output, open } = await process();
      const ids = transactionalIdsOf(name);
      for (const [partition, id] of ids.entries())
        await (await under.transactions(id)).write(record(output, 'left', partition));
      expect(await open()).toEqual([true, true]);
      await cycles.ready(patience());
      await until(async () => !(await open()).includes(true));
      await Promise.all([cycles.commit(share(0)), cycles.commit(share(1))]);
      await cycles.close();
    });

    it('that were taken over go on after one heartbeat in each group', async () => {
      let taken = false;
      const { name, cycles, share, confirmed } = await process(async (moment) => {
        if (moment !== 'after-send' || taken) return;
        taken = true;
        await under.cluster.producer({ transactionalId: transactionalIdsOf(name)[0] }).fence();
      });
      const outcomes = await Promise.allSettled([cycles.commit(share(0)), cycles.commit(share(1))]);
      expect(outcomes).toMatchObject(outcomes.map(() => ({ reason: { code: 'PRODUCER_FENCED' } })));
      confirmed.length = 0;
      await Promise.all([cycles.commit(share(0)), cycles.commit(share(1))]);
      expect(new Set(confirmed).size).toBe(2);
      expect(confirmed).toHaveLength(2);
      await cycles.close();
    });

    /** Two groups without members, of which each has a lane that writes into a partition of its own. */
    async function process(failpoint: Failpoint = async () => undefined) {
      const { cluster } = under;
      const [source, output] = [await under.topic(1), await under.topic(2)];
      const groups = [await under.group(source), await under.group(source)];
      const name = { service: scratchName('service'), instance: 'spec' };
      const confirmed: string[] = [];
      const cycles = new CommitCycles(cluster, { ...name, groups, failpoint });
      const share = (at: 0 | 1, offset = 1n): Share => ({
        records: [record(output, 'x', at)],
        position: { group: groups[at] as string, topic: source, partition: 0, offset, ...nobody },
        confirm: async () => {
          confirmed.push(groups[at] as string);
          return nobody;
        },
      });
      const position = async (at: 0 | 1) =>
        (await cluster.log.position(groups[at] as string, source, 0, patience())).offset;
      /** Whether something is open in each partition of the output. */
      const open = () =>
        Promise.all(
          [0, 1].map(async (partition) => {
            const stable = await cluster.log.stableEnd(output, partition);
            return stable < (await cluster.log.end(output, partition));
          }),
        );
      return { name, cycles, share, position, output, open, confirmed };
    }
  });
}

const nobody = { memberId: '', generation: -1 };

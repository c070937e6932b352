import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { scratchName, until } from '../../../fixtures/scratch-broker.ts';
import type { Member } from '../ports/membership.ts';
import { transactionalIdsOf } from './transactional-ids.ts';

/** What the engine relies on where a process takes over from another, whatever the cluster is. */
export function takeoverContract(start: () => Promise<ClusterUnderTest>): void {
  describe('taking over', () => {
    let under: ClusterUnderTest;
    let output: string;
    const members: Member[] = [];
    beforeAll(async () => {
      under = await start();
      output = await under.topic(1);
    });
    afterAll(async () => {
      await Promise.all(members.map((member) => member.stop()));
      await under.close();
    });

    it('ends what a process has left open that is in no group of its service any more', async () => {
      const { service, group } = await running('alive');
      const ids = transactionalIdsOf({ service, instance: 'gone' });
      for (const id of ids) await open(id);
      expect([...(await under.cluster.endAbandoned(service, [group]))].sort()).toEqual(ids);
      await until(async () => !(await isOpen()));
    });

    it('leaves alone what a member has open, and what is none of the service', async () => {
      const { service, group } = await running('alive');
      const ids = [...transactionalIdsOf({ service, instance: 'alive' }), `${service}-too/gone`];
      const opened = await Promise.all(ids.map(open));
      expect(await under.cluster.endAbandoned(service, [group])).toEqual([]);
      expect(await isOpen()).toBe(true);
      for (const each of opened) await each.end('committed');
      await until(async () => !(await isOpen()));
    });

    it('asks nobody when nothing is open', async () => {
      expect(await under.cluster.endAbandoned(scratchName('service'), [scratchName('group')])).toEqual([]);
    });

    it('ends what is open under an id of the version before, and locks out who has it; makes none', async () => {
      const id = scratchName('former');
      const former = await open(id);
      await under.cluster.expel(id);
      await until(async () => !(await isOpen()));
      await expect(former.write(record('late'))).rejects.toMatchObject({
        code: expect.stringMatching(/^(PRODUCER_FENCED|INVALID_PRODUCER_EPOCH)$/),
      });
      await under.cluster.expel(scratchName('unknown'));
    });

    /** A process of a service that is a member of its group. */
    async function running(instanceId: string) {
      const [service, topic] = [scratchName('service'), await under.topic(1)];
      const group = await under.group(topic);
      const arrived = Promise.withResolvers<void>();
      const member = under.cluster.member({
        group,
        topics: [topic],
        instanceId,
        held: () => ({ running: [], stored: [] }),
        assigned: () => arrived.resolve(),
        report: () => undefined,
      });
      members.push(member);
      member.start();
      await arrived.promise;
      return { service, group };
    }

    async function open(transactionalId: string) {
      const requests = await under.transactions(transactionalId);
      await requests.write(record('open'));
      return requests;
    }

    async function isOpen(): Promise<boolean> {
      const { log } = under.cluster;
      return (await log.stableEnd(output, 0)) < (await log.end(output, 0));
    }

    const record = (value: string) => ({
      topic: output,
      partition: 0,
      key: null,
      value: Buffer.from(value),
      headers: [],
    });
  });
}

import { afterAll, describe, expect, it } from '@jest/globals';
import { AssignerProtocol, type Cluster, PartitionAssigners } from 'kafkajs';
import { scratchClient, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';

const PARTITIONS = 6;

describe('hazard 19: a restart of one of three members', () => {
  const client = scratchClient();
  afterAll(() => client.close());

  it.concurrent.each([
    ['moves no partition of the others', undefined],
    ['moves no partition of the others when members have names', 'member'],
  ])('%s', async (_, name) => {
    const topic = await scratchTopic(client, PARTITIONS);
    const group = await scratchGroup(client, topic);
    const start = (index: number) =>
      runGroup(client, {
        group,
        topic,
        handle: async () => ({ output: [] }),
        ...(name && { instanceId: `${name}-${index}` }),
      });
    const members = [start(0), start(1), start(2)];
    const partitions = () => members.map(({ status }) => [...status.workers.keys()].sort());
    const settled = () =>
      until(
        () =>
          partitions().every(({ length }) => length === PARTITIONS / members.length) &&
          new Set(partitions().flat()).size === PARTITIONS,
      );
    await settled();
    for (const index of [0, 1, 2]) {
      const before = partitions();
      await members[index]?.stop();
      members[index] = start(index);
      await settled();
      expect(partitions()).toEqual(before);
    }
    await Promise.all(members.map((member) => member.stop()));
  });

  it.concurrent('moves no partition of the others, who worked on its own meanwhile', async () => {
    const topic = await scratchTopic(client, PARTITIONS);
    const group = await scratchGroup(client, topic);
    const start = () => runGroup(client, { group, topic, handle: async () => ({ output: [] }) });
    const members = [start(), start(), start()];
    const partitions = () => members.map(({ status }) => [...status.workers.keys()].sort());
    const settled = (among: number) =>
      until(
        () =>
          partitions().filter(({ length }) => length === PARTITIONS / among).length === among &&
          new Set(partitions().flat()).size === PARTITIONS,
      );
    await settled(3);
    for (const index of [0, 1, 2]) {
      const before = partitions();
      await members[index]?.stop();
      members.splice(index, 1);
      await settled(2);
      members.splice(index, 0, start());
      await settled(3);
      expect(partitions()).toEqual(before);
    }
    await Promise.all(members.map((member) => member.stop()));
  });

  it('moves most of them with the default assigner of KafkaJS, which sorts random names (negative control)', async () => {
    const cluster = {
      findTopicPartitionMetadata: () =>
        Array.from({ length: PARTITIONS }, (_, partitionId) => ({ partitionId })),
    } as unknown as Cluster;
    const { assign } = PartitionAssigners.roundRobin({ cluster } as never);
    const shares = async (...memberIds: string[]) => {
      const members = memberIds.map((memberId) => ({ memberId, memberMetadata: Buffer.alloc(0) }));
      const assignment = await assign({ members, topics: ['t'] });
      return new Map(
        assignment.map(({ memberId, memberAssignment }) => [
          memberId,
          AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment['t'],
        ]),
      );
    };
    const before = await shares('b', 'c', 'd');
    const after = await shares('a', 'b', 'c');
    for (const other of ['b', 'c']) expect(after.get(other)).not.toEqual(before.get(other));
  });
});

import { KafkaCluster } from '../kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { PartitionLost } from '../../log/errors.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import {
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';

describe('hazard 17: who lost a partition does not take it back', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('a member that was replaced is refused before it could fence its successor', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const idle = { handle: async () => ({ output: [] }) };
    const zombieClient = client.sibling('zombie');
    const zombie = await joinedMember(zombieClient, group, topic, 2_500);
    const stale = zombie.membership;
    const resume = suspend(zombieClient);

    const owner = await joinedMember(client.sibling('owner'), group, topic, 2_500);
    await until(() =>
      owner.confirmOwnership(topic, 0, patience()).then(
        () => true,
        () => false,
      ),
    );
    const producer = new TransactionalProducer(client.sibling('producer'), {
      transactionalId: `${group}.${topic}.0`,
    });
    await producer.fence();

    const returning = transactionalOn(new KafkaCluster(client.sibling('returning')), zombie, idle, {
      group,
      topic,
      partition: 0,
    });
    const assigning = returning.assign(patience());
    resume();
    await expect(assigning).rejects.toBeInstanceOf(PartitionLost);
    await producer.transact([
      {
        records: [record(topic, 'x')],
        position: {
          group,
          topic,
          partition: 0,
          offset: 1n,
          ...owner.membership,
        },
      },
    ]);
    expect(owner.membership.memberId).not.toBe(stale.memberId);
    await Promise.all([owner.stop(), zombie.stop()]);
  });

  it('without that check, initialising the producer would fence the rightful owner (negative control)', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    const transactionalId = scratchName('tx');
    const owner = new TransactionalProducer(client.sibling('owner'), { transactionalId });
    await owner.fence();
    await new TransactionalProducer(client.sibling('zombie'), { transactionalId }).fence();
    const position = { group, topic, partition: 0, offset: 1n, ...member.membership };
    await expect(owner.transact([{ records: [record(topic, 'x')], position }])).rejects.toMatchObject({
      code: 'PRODUCER_FENCED',
    });
    await member.stop();
  });
});

/** Holds back every request of a client, as if its process were stopped; answers the way to let it go on. */
function suspend(client: KafkaClient): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = client.call.bind(client);
  client.call = async (nodeId, api, args) => {
    await promise;
    return call(nodeId, api, args);
  };
  return resolve;
}

import { describe, expect, it } from '@jest/globals';
import { OwnBrokers, unverified } from '../../../fixtures/own-brokers.ts';
import { TornProducer } from '../../../fixtures/torn-producer.ts';
import { until } from '../../../fixtures/until.ts';
import { createLedTopics, joinedMember, record, scratchName } from '../../../fixtures/scratch-broker.ts';
import { endTransaction } from '../../hanging-transactions/end-transaction.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from '../groups/coordinated-partition.ts';
import { committedOffset, stableEnd } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';

/** On a broker that does not ask whether a partition is enrolled: of one that is not, no marker comes. */
describe('a transaction whose marker was lost', () => {
  const brokers = new OwnBrokers({ settings: unverified });

  async function producing(version?: 1) {
    const [source, output, other] = [scratchName('source'), scratchName('output'), scratchName('other')];
    const topics = [source, output, other].map((name) => ({
      name,
      partitions: 1,
      retentionMs: -1,
      maxMessageBytes: 1_048_588,
      writers: [],
    }));
    await createLedTopics(brokers.client, topics);
    const group = scratchName('group');
    const member = await joinedMember(brokers.client.sibling('member'), group, source);
    const transactionalId = `${group}.${source}.0`;
    const forgetful = brokers.client.sibling('producer');
    const call = forgetful.call.bind(forgetful);
    forgetful.call = async <T>(node: number, api: string, args: object) =>
      api === 'AddPartitionsToTxn' ? (undefined as T) : call<T>(node, api, args);
    const producer = new TransactionalProducer(forgetful, {
      transactionalId,
      ...(version && { version }),
    });
    const at = (offset: bigint) => ({ group, topic: source, partition: 0, offset, ...member.membership });
    return { source, output, other, group, transactionalId, producer, at, close: () => member.stop() };
  }

  // First of all: the topic of positions is made for the first group.
  it('is none of a cluster that had no group yet (its first transaction was refused for ever)', async () => {
    const [topic, group] = [scratchName('first'), scratchName('group')];
    const kept = { partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
    await createLedTopics(brokers.client, [{ ...kept, name: topic }]);
    const producer = new TransactionalProducer(brokers.client.sibling('first'), { transactionalId: group });
    await producer.fence();
    const position = { group, topic, partition: 0, offset: 1n, memberId: '', generation: -1 };
    await until(() =>
      producer.transact([{ records: [record(topic, 'first')], position }]).then(
        () => true,
        () => producer.fence().then(() => false),
      ),
    );
    expect(await committedOffset(brokers.client, group, topic, 0)).toBe(1n);
  });

  it('is joined by no later one: its producer waits until somebody has ended it', async () => {
    const { source, output, group, producer, at, close } = await producing(1);
    await producer.fence();
    await producer.transact([{ records: [record(output, 'hangs')], position: at(1n) }]);
    await expect(
      producer.transact([{ records: [record(output, 'waits')], position: at(2n) }]),
    ).rejects.toMatchObject({
      code: 'NOT_STABLE',
      message: expect.stringContaining(`has a transaction open on ${output}-0`),
    });
    expect(await committedOffset(brokers.client, group, source, 0)).toBe(1n);
    await producer.fence();
    await expect(
      producer.transact([{ records: [record(output, 'waits')], position: at(2n) }]),
    ).rejects.toMatchObject({
      code: 'NOT_STABLE',
    });
    expect(await stableEnd(brokers.client, output, 0)).toBe(0n);
    await close();
  });

  it('of an owner that is dead, and was aborted, is not committed by its successor', async () => {
    const { output, other, transactionalId, producer, at, close } = await producing();
    const dead = await TornProducer.start(brokers.client, transactionalId, 2);
    await dead.enrol(other);
    await dead.write(output, 'aborted');
    await dead.end(false);
    await producer.fence();
    const again = () => producer.transact([{ records: [record(output, 'again')], position: at(1n) }]);
    await expect(again()).rejects.toMatchObject({ code: 'NOT_STABLE' });
    const place = { topic: output, partition: 0, producerId: dead.id };
    expect(await endTransaction(brokers.client, place, 'abort')).toMatchObject({ type: 'ended' });
    await producer.fence();
    await again();
    await close();
  });

  it('for a position is not joined by the position of another group that is kept beside it', async () => {
    const { source, group, other, transactionalId, producer, at, close } = await producing();
    const { leaders } = await brokers.client.topic(OFFSETS_TOPIC);
    const partition = coordinatedPartition(group, leaders.length);
    const neighbour = () => {
      for (;;) {
        const name = scratchName('neighbour');
        if (coordinatedPartition(name, leaders.length) === partition) return name;
      }
    };
    const dead = await TornProducer.start(brokers.client, transactionalId, 2);
    await dead.enrol(other);
    await dead.commitPosition(at(1n));
    await dead.end(true);
    const nobody = { group: neighbour(), memberId: '', generation: -1 };
    const position = { ...nobody, topic: source, partition: 0, offset: 7n };
    const commit = async () => {
      await producer.fence();
      await producer.transact([{ records: [], position }]);
    };
    await expect(commit()).rejects.toMatchObject({ code: 'NOT_STABLE', fields: { group: position.group } });
    const place = { topic: OFFSETS_TOPIC, partition, producerId: dead.id };
    expect(await endTransaction(brokers.client, place, 'commit')).toMatchObject({ type: 'ended' });
    await commit();
    const stored = [group, position.group].map((each) => committedOffset(brokers.client, each, source, 0));
    expect(await Promise.all(stored)).toEqual([1n, 7n]);
    await close();
  });
});

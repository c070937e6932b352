import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogAppender } from '../kafka/producing/log-appender.ts';
import { stableEnd } from '../kafka/groups/stored-positions.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { TransactionalProducer } from '../kafka/producing/transactional-producer.ts';
import { openTransaction, readAll, writeAsLibrary } from '../../fixtures/log-reading.ts';
import {
  joinedMember,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../fixtures/scratch-broker.ts';
import type { Engine } from './engine.ts';
import type { EventingOptions } from './eventing-options.ts';
import { KafkaLogPositions } from './kafka-log-positions.ts';

describe('the end of a log, for a reader who wants to say "there is none"', () => {
  const client = scratchClient();
  let topic: string;
  beforeAll(async () => void (topic = await scratchTopic(client)));
  afterAll(() => client.close());

  it('comes after a record that was acknowledged behind an open transaction (an accepted order was said to be unknown)', async () => {
    const group = scratchName('group');
    const member = await joinedMember(client.sibling('member'), group, topic);
    const sent = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const failpoint = async (name: string) => {
      if (name !== 'after-send') return;
      sent.resolve();
      await commit.promise;
    };
    const producer = new TransactionalProducer(client.sibling('policy'), {
      transactionalId: scratchName('tx'),
      failpoint,
    });
    await producer.fence();
    const position = { group, topic, partition: 0, offset: 1n, ...member.membership };
    const transacting = producer.transact([{ records: [record(topic, 'of a policy')], position }]);
    await sent.promise;

    const accepted = await new LogAppender(client).append(record(topic, 'of a client'));
    const positions = new KafkaLogPositions({} as EventingOptions, { client } as Engine);
    expect(await positions.end(topic, 0)).toBe(accepted + 1n);
    expect(await stableEnd(client, topic, 0)).toBeLessThan(accepted);
    commit.resolve();
    await transacting;
    await member.stop();
  });

  it('says what somebody holds back, once that takes long, and whose positions are not final', async () => {
    const other = await scratchTopic(client);
    const transaction = await openTransaction(new KafkaCluster(client), [record(other, 'x')]);
    const positions = new KafkaLogPositions({} as EventingOptions, { client } as Engine);
    const heldBack = () => positions.heldBack({ partitions: [{ topic: other, partition: 0 }], groups: [] });
    expect(await heldBack()).toEqual([]);
    await until(async () => (await heldBack()).length > 0);
    expect(await heldBack()).toMatchObject([{ topic: other, partition: 0 }]);
    // The position was written after the record, and is as old as that a moment later.
    const ofGroup = () => positions.heldBack({ partitions: [], groups: [transaction.group] });
    await until(async () => (await ofGroup()).some((held) => held.topic === '__consumer_offsets'));
    await transaction.commit();
    expect(await heldBack()).toEqual([]);
  });
});

describe('how far a reader is behind', () => {
  const client = scratchClient();
  const cluster = new KafkaCluster(client);
  const positions = new KafkaLogPositions({} as EventingOptions, { client } as Engine);
  afterAll(() => client.close());

  it('is up to what is committed, and since the next record, whatever markers stand before it', async () => {
    const topic = await scratchTopic(client);
    const end = async () => (await positions.stableEnds([{ topic, partition: 0 }]))[0]?.offset;
    const writtenAt = (offset: bigint) => positions.writtenAt({ topic, partition: 0, offset });
    await writeAsLibrary(cluster, [record(topic, 'a')]);
    await writeAsLibrary(cluster, [record(topic, 'b')]);
    await until(async () => (await end()) === 4n);
    const [first, second] = await readAll(cluster.log, topic);
    expect([first?.offset, second?.offset]).toEqual([0n, 2n]);
    expect(await writtenAt(0n)).toBe(first?.timestamp);
    expect(await writtenAt(1n)).toBe(second?.timestamp);
    expect(await writtenAt(3n)).toBeUndefined();
  });

  it('is nothing that passes while nobody runs it', async () => {
    const topic = await scratchTopic(client);
    const group = scratchName('group');
    expect(await positions.members(group)).toBe(0);
    const member = await joinedMember(client.sibling('reader'), group, topic);
    expect(await positions.members(group)).toBe(1);
    await member.stop();
    await until(async () => (await positions.members(group)) === 0);
  });
});

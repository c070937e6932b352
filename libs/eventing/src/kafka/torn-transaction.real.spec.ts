import { KafkaCluster } from './kafka-cluster.ts';
import { readPartition } from './reading/partition-reader.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLedTopics,
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchSpec,
  scratchTopic,
  until,
} from '../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../fixtures/scratch-group.ts';
import type { KafkaClient } from './client/client.ts';
import type { GroupMember } from './groups/group-member.ts';
import { LogAppender } from './producing/log-appender.ts';
import { stableEnd, storedPosition } from './groups/stored-positions.ts';
import { doneIn } from '../engine/commits/done-text.ts';
import type { Handler } from '../engine/handler.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { transactionalOn } from '../../fixtures/transactional-on.ts';
import { TransactionalProducer } from './producing/transactional-producer.ts';
import { encodeWitness } from '../engine/commits/witness.ts';

describe('a transaction that brokers have torn apart', () => {
  const signal = patience();
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  async function copying() {
    const [topic, output] = [await scratchTopic(client), await scratchTopic(client)];
    const group = await scratchGroup(client, topic);
    await new LogAppender(client).append(record(topic, 'a'));
    return { topic, output, group };
  }

  async function takeOver(
    { topic, output, group }: Awaited<ReturnType<typeof copying>>,
    { sideTopics = [], settle }: Pick<Handler, 'sideTopics' | 'settle'> = {},
  ) {
    let member = await joinedMember(client.sibling('member'), group, topic);
    // The processor is the same one; who is in the group may change.
    const membership = {
      confirmOwnership: (...args: Parameters<GroupMember['confirmOwnership']>) =>
        member.confirmOwnership(...args),
      membershipOf: (...args: Parameters<GroupMember['membershipOf']>) => member.membershipOf(...args),
      tenureOf: (...args: Parameters<GroupMember['tenureOf']>) => member.tenureOf(...args),
    } as unknown as GroupMember;
    const told: string[] = [];
    const handle = async () => ({ output: [record(output, 'copy')] });
    const handler: Handler = { sideTopics, handle, ...(settle && { settle }) };
    const processor = transactionalOn(new KafkaCluster(client.sibling('worker')), membership, handler, {
      group,
      topic,
      partition: 0,
      torn: (message) => void told.push(message),
    });
    const stop = async () => {
      await processor.close();
      await member.stop();
    };
    const leave = () => member.stop();
    const join = async () => {
      member = await joinedMember(client.sibling('member'), group, topic);
    };
    return { processor, told, stop, leave, join };
  }

  /** What is left of it: the records are aborted, and the position is committed all the same. */
  async function tear(group: string, topic: string, output: string): Promise<void> {
    const producer = new TransactionalProducer(client, {
      transactionalId: `${group}.${topic}.0`,
      failpoint: async (name) => {
        if (name === 'before-commit') throw new Error('killed');
      },
    });
    await producer.fence();
    const position = { group, topic, partition: 0, offset: 1n, memberId: '', generation: -1 };
    await expect(producer.transact([{ records: [record(output, 'copy')], position }])).rejects.toThrow(
      'killed',
    );
    await commit(group, topic, 1n, encodeWitness(0n, new Map([[`${output}-0`, 0n]])));
  }

  async function commit(group: string, topic: string, offset: bigint, metadata: string): Promise<void> {
    await client.call(await client.coordinator('group', group), 'OffsetCommit', {
      groupId: group,
      groupGenerationId: -1,
      memberId: '',
      retentionTime: -1,
      topics: [{ topic, partitions: [{ partition: 0, offset: String(offset), metadata }] }],
    });
  }

  async function committed(topic: string): Promise<string[]> {
    return (await fetched(topic)).map(({ value }) => String(value));
  }

  it('is handled again by whoever takes over, once', async () => {
    const parts = await copying();
    const { topic, output, group } = parts;
    await tear(group, topic, output);
    expect(await committed(output)).toEqual([]);
    const { processor, told, stop } = await takeOver(parts);
    expect((await processor.assign(signal)).get(topic)).toBe(0n);
    expect(told).toEqual([expect.stringContaining('handled again from 0')]);
    await processor.process({ topic, records: await fetched(topic), nextOffset: 1n }, signal);
    // Assigning fences, and waits for the markers of what was committed.
    expect((await processor.assign(signal)).get(topic)).toBe(1n);
    expect(await committed(output)).toEqual(['copy']);
    await stop();
  });

  describe('or cut off with the end of a log, as an unclean election does (here its topic is made anew)', () => {
    /** A position whose transaction has written the first record of this topic, which is there no more. */
    async function cutting() {
      const parts = await copying();
      const { topic, output } = parts;
      const first = await takeOver(parts);
      await first.processor.assign(signal);
      await first.processor.process({ topic, records: await fetched(topic), nextOffset: 1n }, signal);
      await first.processor.assign(signal);
      await first.stop();
      const timeout = 60_000;
      await client.call(await client.controller(), 'DeleteTopics', { topics: [output], timeout });
      await until(async () => (await client.currentTopics([output])).length === 0);
      await createLedTopics(client, [scratchSpec(output)]);
      return parts;
    }

    it('is handled again (it was believed, and what it had answered was never answered again)', async () => {
      const parts = await cutting();
      const { processor, told, stop } = await takeOver(parts);
      expect((await processor.assign(signal)).get(parts.topic)).toBe(0n);
      expect(told).toEqual([expect.stringContaining('is gone with the end of the log of')]);
      await stop();
    });

    it('is left to an operator where others have written since, and believed once the position is set', async () => {
      const parts = await cutting();
      const { topic, output, group } = parts;
      await new LogAppender(client).append(record(output, 'of others'));
      const { processor, stop } = await takeOver(parts);
      await expect(processor.assign(signal)).rejects.toThrow(
        'set the position, to 0 or earlier to handle again, or to 1 to go on without',
      );
      await stop();
      await commit(group, topic, 1n, '');
      const second = await takeOver(parts);
      expect((await second.processor.assign(signal)).get(topic)).toBe(1n);
      await second.stop();
    });
  });

  it('one that is whole is believed, and so is a position that somebody has set', async () => {
    const parts = await copying();
    const { topic, group, output } = parts;
    const first = await takeOver(parts);
    await first.processor.assign(signal);
    await first.processor.process({ topic, records: await fetched(topic), nextOffset: 1n }, signal);
    expect((await first.processor.assign(signal)).get(topic)).toBe(1n);
    expect(await committed(output)).toEqual(['copy']);
    await first.stop();
    await commit(group, topic, 0n, 'set by ada');
    const second = await takeOver(parts);
    expect((await second.processor.assign(signal)).get(topic)).toBe(0n);
    expect([first.told, second.told]).toEqual([[], []]);
    await second.stop();
  });

  it('a position that was acknowledged and lost is committed again (commands were published twice, e-mails stood still)', async () => {
    const parts = await copying();
    const { topic, group, output } = parts;
    const first = await takeOver(parts);
    await first.processor.assign(signal);
    await first.processor.process({ topic, records: await fetched(topic), nextOffset: 1n }, signal);
    await first.leave();
    await commit(group, topic, 0n, '');
    await first.join();
    expect((await first.processor.assign(signal)).get(topic)).toBe(1n);
    expect(first.told).toEqual([expect.stringContaining('have acknowledged 1 and say 0')]);
    await first.stop();
    const second = await takeOver(parts);
    expect((await second.processor.assign(signal)).get(topic)).toBe(1n);
    expect(await committed(output)).toEqual(['copy']);
    await second.stop();
  });

  it('what was done beyond a position, and was acknowledged and lost, is committed again (e-mails were sent twice)', async () => {
    const parts = await copying();
    const { topic, group } = parts;
    const done = [{ from: 3n, to: 5n }];
    for (const value of ['b', 'c', 'd', 'e']) await new LogAppender(client).append(record(topic, value));
    const first = await takeOver(parts, {
      settle: async () => ({ output: [], reached: { topic, offset: 0n, done } }),
    });
    await first.processor.assign(signal);
    await first.processor.settle(signal);
    await first.leave();
    await commit(group, topic, 0n, '');
    await first.join();
    await first.processor.assign(signal);
    expect(first.told).toEqual([expect.stringContaining('without what was done beyond it')]);
    const { metadata } = await storedPosition(client, group, topic, 0);
    expect(doneIn(metadata, 0n)).toEqual(done);
    await first.stop();
  });

  it('of several lanes whose positions were lost each is committed again', async () => {
    const parts = await copying();
    const { topic, group, output } = parts;
    const side = await scratchTopic(client);
    await new LogAppender(client).append(record(side, 'b'));
    await commit(group, side, 0n, '');
    const first = await takeOver(parts, { sideTopics: [side] });
    await first.processor.assign(signal);
    for (const lane of [topic, side])
      await first.processor.process({ topic: lane, records: await fetched(lane), nextOffset: 1n }, signal);
    await first.leave();
    for (const lane of [topic, side]) await commit(group, lane, 0n, '');
    await first.join();
    const positions = await first.processor.assign(signal);
    expect([positions.get(topic), positions.get(side)]).toEqual([1n, 1n]);
    expect(first.told).toHaveLength(2);
    expect(await committed(output)).toEqual(['copy', 'copy']);
    await first.stop();
  });

  it('one that was acknowledged, and is no longer in the log, is left to an operator', async () => {
    const parts = await copying();
    const { topic, group } = parts;
    const first = await takeOver(parts);
    await first.processor.assign(signal);
    await first.processor.process({ topic, records: await fetched(topic), nextOffset: 9n }, signal);
    await first.leave();
    await commit(group, topic, 0n, '');
    await first.join();
    await expect(first.processor.assign(signal)).rejects.toThrow(
      `${group} has committed offset 9 of ${topic}-0, but the log holds 0 to 1`,
    );
    await first.stop();
  });

  async function fetched(topic: string) {
    const all: ConsumedRecord[] = [];
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal };
    for await (const { records } of readPartition(client.sibling('reader'), topic, 0, range))
      all.push(...records);
    return all;
  }
});

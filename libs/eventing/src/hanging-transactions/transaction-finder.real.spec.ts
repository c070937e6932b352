import { readPartition } from '../kafka/reading/partition-reader.ts';
import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue } from '../domain/index.ts';
import { commitOffsets, committedOffset, logEnd, stableEnd } from '../kafka/groups/stored-positions.ts';
import { encodeWitness } from '../engine/commits/witness.ts';
import { createLedTopics, joinedMember, scratchName } from '../../fixtures/scratch-broker.ts';
import { OwnBrokers, unverified } from '../../fixtures/own-brokers.ts';
import { TornProducer } from '../../fixtures/torn-producer.ts';
import { endTransaction } from './end-transaction.ts';
import type { HangingTransaction } from './hanging-transactions.ts';
import { TransactionFinder } from './transaction-finder.ts';

/** Transactions that hang for real, on a broker that does not ask the coordinator whether a partition is enrolled. */
describe('hanging transactions', () => {
  const brokers = new OwnBrokers({ settings: unverified });

  /** A group that reads `source` and writes `output` and `other`; transactional ids are its own. */
  async function platform() {
    const group = scratchName('group');
    const [source, output, other] = [scratchName('source'), scratchName('output'), scratchName('other')];
    const topics = [source, output, other].map((name) => ({
      name,
      partitions: 1,
      retentionMs: -1,
      maxMessageBytes: 1_048_588,
      writers: [],
    }));
    await createLedTopics(brokers.client, topics);
    await commitOffsets(brokers.client, group, [{ topic: source, partition: 0, offset: 0n }]);
    const catalogue: Catalogue = { topics, groups: [{ group, kind: 'policy', topics: [source] }] };
    const producer = (version: 1 | 2, transactionalId = `${group}.${source}.0`) =>
      TornProducer.start(brokers.client, transactionalId, version);
    return { group, source, output, other, catalogue, producer };
  }

  /** What is found once it has been open for long enough; the clock of the finder runs ahead of the spec's. */
  async function found(catalogue: Catalogue): Promise<readonly HangingTransaction[]> {
    let now = 0;
    const finder = new TransactionFinder(brokers.client, { catalogue, openForMs: 10_000, now: () => now });
    await finder.find();
    now = 2_000;
    await finder.find();
    now = 9_999;
    expect(await finder.find()).toEqual([]);
    now = 10_000;
    const names = catalogue.topics.map(({ name }) => name);
    const hanging = await finder.find();
    // Positions of other specs' groups may hang beside these.
    const owns = (id = '') => catalogue.groups.some(({ group }) => id.startsWith(group));
    return hanging.filter(
      ({ transaction }) => names.includes(transaction.topic) || owns(transaction.transactionalId),
    );
  }

  async function values(topic: string): Promise<string[]> {
    const read: string[] = [];
    const range = {
      from: 0n,
      to: await stableEnd(brokers.client, topic, 0),
      signal: AbortSignal.timeout(30_000),
    };
    for await (const { records } of readPartition(brokers.client, topic, 0, range))
      read.push(...records.map(({ value }) => String(value)));
    return read;
  }

  const hidden = async (topic: string) =>
    (await logEnd(brokers.client, topic, 0)) - (await stableEnd(brokers.client, topic, 0));

  it.each([
    ['commit', ['lost and found']],
    ['abort', []],
  ] as const)(
    'are proven by the log of their coordinator, and ended as it says: %s',
    async (outcome, left) => {
      const { output, other, catalogue, producer } = await platform();
      const torn = await producer(2);
      await torn.enrol(other);
      const startOffset = await torn.write(output, 'lost and found');
      await torn.end(outcome === 'commit');

      const [hanging, ...more] = await found(catalogue);
      expect(more).toEqual([]);
      expect(hanging).toMatchObject({
        transaction: { topic: output, partition: 0, producerId: torn.id, startOffset, hidden: 1n },
        verdict: { type: 'proven', outcome },
      });
      expect(Math.abs(Date.now() - (hanging?.transaction.since ?? 0))).toBeLessThan(120_000);
      const place = { topic: output, partition: 0, producerId: torn.id };
      expect(await endTransaction(brokers.client, place, outcome, startOffset + 1n)).toEqual({
        type: 'gone',
      });
      expect(await endTransaction(brokers.client, place, outcome, startOffset)).toMatchObject({
        type: 'ended',
      });
      expect(await hidden(output)).toBe(0n);
      expect(await values(output)).toEqual(left);
      expect(await found(catalogue)).toEqual([]);
      expect(await endTransaction(brokers.client, place, outcome)).toEqual({ type: 'gone' });
    },
  );

  it('that were joined by a later one are proven where both ended alike, and not where they did not', async () => {
    const { output, other, catalogue, producer } = await platform();
    const torn = await producer(2);
    for (const value of ['first', 'second']) {
      await torn.enrol(other);
      await torn.write(output, value);
      await torn.end(true);
    }
    expect(await found(catalogue)).toMatchObject([{ verdict: { type: 'proven', outcome: 'commit' } }]);
    await torn.enrol(other);
    await torn.write(output, 'third');
    await torn.end(false);
    expect(await found(catalogue)).toMatchObject([{ verdict: { type: 'unproven' } }]);
    const place = { topic: output, partition: 0, producerId: torn.id };
    expect(await endTransaction(brokers.client, place, 'abort')).toMatchObject({ type: 'ended' });
  });

  it('of version 1 prove nothing by the log; ended by hand, their owner is fenced first', async () => {
    const { output, other, catalogue, producer } = await platform();
    const torn = await producer(1);
    await torn.enrol(other);
    await torn.write(output, 'x');
    await torn.end(true);
    expect(await found(catalogue)).toMatchObject([{ verdict: { type: 'unproven' } }]);
    const place = { topic: output, partition: 0, producerId: torn.id };
    expect(await endTransaction(brokers.client, place, 'commit')).toMatchObject({ type: 'ended' });
    expect(await values(output)).toEqual(['x']);
    await expect(torn.enrol(other)).rejects.toMatchObject({
      code: 'INVALID_PRODUCER_EPOCH',
    });
  });

  it('of version 1 are proven by a committed position that names them', async () => {
    const { group, source, output, catalogue, producer } = await platform();
    const member = await joinedMember(brokers.client.sibling('member'), group, source);
    const torn = await producer(1);
    await torn.enrolGroup(group);
    const offset = await torn.write(output, 'x');
    const metadata = encodeWitness(0n, new Map([[`${output}-0`, offset]]));
    const position = { group, topic: source, partition: 0, offset: 1n, metadata, ...member.membership };
    await torn.commitPosition(position);
    await torn.end(true);
    expect(await committedOffset(brokers.client, group, source, 0)).toBe(1n);
    expect(await found(catalogue)).toMatchObject([{ verdict: { type: 'proven', outcome: 'commit' } }]);
    await member.stop();
  });

  it.each([1, 2] as const)(
    'hide positions, too, which are proven by a marker or by the log, and ended (version %d)',
    async (version) => {
      const { group, source, output, catalogue, producer } = await platform();
      const member = await joinedMember(brokers.client.sibling('member'), group, source);
      const torn = await producer(version);
      await torn.enrol(output);
      const offset = await torn.write(output, 'x');
      const metadata = encodeWitness(0n, new Map([[`${output}-0`, offset]]));
      const position = { group, topic: source, partition: 0, offset: 1n, metadata, ...member.membership };
      await torn.commitPosition(position);
      await torn.end(true);
      while ((await hidden(output)) > 0n) await sleep(20);

      const [hanging] = await found(catalogue);
      expect(hanging).toMatchObject({
        transaction: { topic: '__consumer_offsets' },
        verdict: { type: 'proven', outcome: 'commit' },
      });
      const place = hanging?.transaction;
      if (!place) throw new Error('Nothing hangs');
      expect(await endTransaction(brokers.client, place, 'commit', place.startOffset)).toMatchObject({
        type: 'ended',
      });
      expect(await committedOffset(brokers.client, group, source, 0)).toBe(1n);
      await member.stop();
    },
  );

  it('of producers that are none of the platform are told as foreign', async () => {
    const { output, other, catalogue, producer } = await platform();
    const torn = await producer(2, scratchName('somebody-else'));
    await torn.enrol(other);
    await torn.write(output, 'x');
    await torn.end(true);
    expect(await found(catalogue)).toMatchObject([{ verdict: { type: 'foreign' } }]);
  });

  it('are not those that are under way: these can be aborted by their coordinator, and committed by nobody', async () => {
    const { output, catalogue, producer } = await platform();
    const torn = await producer(2);
    await torn.enrol(output);
    await torn.write(output, 'x');
    expect(await found(catalogue)).toEqual([]);
    const place = { topic: output, partition: 0, producerId: torn.id };
    expect(await endTransaction(brokers.client, place, 'commit')).toMatchObject({
      type: 'refused',
      reason: expect.stringContaining('only its owner can commit it'),
    });
    expect(await endTransaction(brokers.client, place, 'abort')).toMatchObject({ type: 'ended' });
    expect(await hidden(output)).toBe(0n);
    expect(await values(output)).toEqual([]);
  });
});

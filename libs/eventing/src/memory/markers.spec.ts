import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Producer } from '../engine/ports/transactions.ts';
import { wholeEnd } from '../log/trusted-position.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { MemoryPartition } from './memory-partition.ts';
import type { Marker } from './transaction-coordinator.ts';

const signal = AbortSignal.timeout(60_000);

/** What brokers do to those who take an answer to EndTxn for the end of a transaction. */
describe('markers in memory', () => {
  let cluster: MemoryCluster;
  let held: Marker[];
  beforeEach(() => {
    cluster = new MemoryCluster();
    cluster.broker.topics.create('source', 1);
    cluster.broker.topics.create('output', 2);
    cluster.broker.begin('group', { topic: 'source', partition: 0 });
    held = [];
    cluster.broker.delivery = (marker) => void held.push(marker);
  });

  it('come one by one: a position may be final while the records of its transaction are hidden', async () => {
    const producer = await fenced('a');
    await commit(producer, 3n, record('x', 0), record('y', 1));
    write((target) => !(target instanceof MemoryPartition));
    expect(await cluster.log.position('group', 'source', 0, signal)).toMatchObject({ offset: 3n });
    expect(await stableEnds()).toEqual([0n, 0n]);
    write((target) => target instanceof MemoryPartition && target.partition === 1);
    expect(await stableEnds()).toEqual([0n, 2n]);
    write(() => true);
    expect(await wholeEnd(cluster.log, 'output', 0, signal)).toBe(2n);
  });

  it('that are lost hide everybody behind them, and the next transaction does not join what hangs', async () => {
    const [victim, other] = [await fenced('a'), await fenced('b')];
    await commit(victim, 1n, record('hangs', 0));
    for (const { lose } of held.splice(0)) lose();
    cluster.broker.delivery = ({ write: now }) => now();
    await commit(other, 2n, record('behind', 0)).catch(() => undefined);
    expect(await stableEnds()).toEqual([0n, 0n]);
    await expect(commit(victim, 3n, record('more', 0))).rejects.toMatchObject({ code: 'NOT_STABLE' });
    // What hangs, what is behind it, and the marker of that.
    expect(await cluster.log.end('output', 0)).toBe(3n);
  });

  it('that are under way hold up the next transaction of their producer, and no other one', async () => {
    const [busy, other] = [await fenced('a'), await fenced('b')];
    await commit(busy, 1n, record('first', 0));
    let next: unknown;
    const following = commit(busy, 2n, record('second', 0)).then(() => (next = 'committed'));
    await commit(other, 1n, record('beside', 1)).catch(() => undefined);
    expect(next).toBeUndefined();
    cluster.broker.delivery = ({ write: now }) => now();
    write(() => true);
    await following;
    expect(await values(0)).toEqual(['first', 'second']);
  });

  it('of an abort leave nothing to be seen, and an offset of their own', async () => {
    const producer = cluster.producer({
      transactionalId: 'a',
      failpoint: async (name) => {
        if (name === 'before-commit') throw new Error('gave up');
      },
    });
    await producer.fence(signal);
    await expect(commit(producer, 1n, record('x', 0))).rejects.toThrow('gave up');
    write(() => true);
    expect([await values(0), await cluster.log.end('output', 0)]).toEqual([[], 2n]);
    expect(
      await cluster.log.endedRecordAt({ topic: 'output', partition: 0, offset: 0n }, signal),
    ).toMatchObject({
      aborted: true,
    });
  });

  async function fenced(transactionalId: string): Promise<Producer> {
    const producer = cluster.producer({ transactionalId });
    await producer.fence(signal);
    return producer;
  }

  /** The group has no members: it is as at a deployment, which may commit. */
  const commit = (producer: Producer, offset: bigint, ...records: readonly OutgoingRecord[]) =>
    producer.transact([
      {
        records,
        position: {
          group: 'group',
          topic: 'source',
          partition: 0,
          offset,
          memberId: '',
          generation: -1,
        },
      },
    ]);

  function write(which: (target: Marker['target']) => boolean): void {
    const chosen = held.filter(({ target }) => which(target));
    held = held.filter((marker) => !chosen.includes(marker));
    for (const marker of chosen) marker.write();
  }

  const stableEnds = () => Promise.all([0, 1].map((partition) => cluster.log.stableEnd('output', partition)));

  async function values(partition: number): Promise<string[]> {
    const to = await cluster.log.stableEnd('output', partition);
    const found: string[] = [];
    for await (const { records } of cluster.log.read('output', partition, { from: 0n, to, signal }))
      found.push(...records.map(({ value }) => String(value)));
    return found;
  }

  const record = (value: string, partition: number): OutgoingRecord => ({
    topic: 'output',
    partition,
    key: null,
    value: Buffer.from(value),
    headers: [],
  });
});

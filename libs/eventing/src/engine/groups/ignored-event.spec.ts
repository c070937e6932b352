import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Deciding } from '../../../fixtures/deciding.ts';
import { until } from '../../../fixtures/until.ts';
import { decisionRecord } from '../../ignored/ignored-record.ts';
import { IgnoredRecords } from '../../ignored/ignored-records.ts';
import type { Headers } from '../../log/record.ts';
import { Undecodable } from '../../serde/message-codec.ts';
import { messagesIn } from '../../serde/received-records.ts';
import { StateStore } from '../../state/state-store.ts';

const DECISIONS = 'decisions';

/** What may be decided, and how, is specified in nest/kafka-record-decisions.real.spec.ts. */
describe('undecodable bytes on the events topic of a decider (it had stopped for good)', () => {
  let deciding: Deciding;
  /** Of the one counter that there is. */
  let partition: number;

  beforeEach(async () => {
    const topic = { name: DECISIONS, partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] };
    deciding = new Deciding(new IgnoredRecords(topic, () => undefined));
    deciding.broker.cluster.broker.topics.create(DECISIONS, 1);
    partition = deciding.builder.partitionOf(deciding.events, 'a');
    await deciding.start();
  });
  afterEach(() => deciding.stop());

  async function startAnew({ lost }: { lost: boolean }): Promise<void> {
    await deciding.pause();
    if (lost) deciding.loseState();
    await deciding.start();
  }

  const add = (id: string) => deciding.add('a', 1, id);
  const write = (value: Buffer, headers: Headers = [], key: Buffer | null = null) =>
    deciding.append({ topic: deciding.events, partition, key, value, headers });
  const status = () => deciding.status(partition);

  async function decided(offset: bigint, lastOffset = offset, topicId?: string): Promise<void> {
    const topic = deciding.events;
    const { id } = await deciding.broker.cluster.log.topic(topic);
    const place = { topic, topicId: topicId ?? id, partition, offset, lastOffset };
    deciding.append(decisionRecord(DECISIONS, { ...place, operator: 'ada', reason: 'a console tool' }));
  }

  const comesTo = async (total: number) => {
    await deciding.broker.idle();
    expect(await totals()).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  };
  /** Of the events: what is none has no total. */
  const totals = async () => {
    const { codec } = deciding.broker;
    const records = (await deciding.read(deciding.events)).filter(({ broken }) => !broken);
    await codec.prepare(records.map(({ value }) => value));
    return records.flatMap((record): number[] => {
      try {
        return messagesIn(codec, record).map(({ data }) => (data as { total: number }).total);
      } catch (error) {
        if (error instanceof Undecodable) return [];
        throw error;
      }
    });
  };
  const waitsFor = (offset: bigint) =>
    until(() => status()?.reason?.includes(`${deciding.events}-${partition} offset ${offset} `) === true);
  const aggregate = async () => {
    const store = new StateStore(deciding.stateOf(partition));
    const found = store.aggregate('a');
    const handled = ['a1', 'a2', 'a3', 'a4'].map((id) => store.handled(id) !== undefined);
    await store.close();
    return { found, handled };
  };

  it('is waited for, named, until it is ignored: then the partition goes on, and each rebuild does the same', async () => {
    for (const id of ['a1', 'a2']) await add(id);
    await comesTo(2);
    const odd = write(Buffer.from('a console tool'));
    await add('a3');
    await comesTo(3);
    await startAnew({ lost: true });
    await add('a4');
    await waitsFor(odd);
    expect(status()).toMatchObject({ state: 'waiting', reason: expect.stringContaining('operator') });
    await decided(odd);
    await comesTo(4);
    // Commands that were handled are known again.
    for (const id of ['a1', 'a3', 'a5']) await add(id);
    await comesTo(5);
    for (const lost of [true, false]) {
      await startAnew({ lost });
      await add('a2');
      await until(() => status()?.state === 'running');
    }
    await add('a6');
    await comesTo(6);
    await deciding.pause();
    expect(await aggregate()).toEqual({
      found: { version: 6, state: { total: 6 } },
      handled: [true, true, true, true],
    });
  });

  it('may be the last record there is, under state that was kept', async () => {
    await add('a1');
    await comesTo(1);
    const odd = write(Buffer.alloc(0));
    await startAnew({ lost: false });
    await waitsFor(odd);
    await decided(odd, odd, 'one that had this name');
    await decided(odd);
    await until(() => status()?.state === 'running');
    await startAnew({ lost: false });
    await add('a2');
    await comesTo(2);
  });

  it('may be a whole batch that nobody can read', async () => {
    await add('a1');
    await comesTo(1);
    const batch = { topic: deciding.events, partition, key: null, value: Buffer.from('?'), headers: [] };
    const error = Object.assign(new Error('The batch cannot be read'), { name: 'BrokenBatch' });
    const first = deciding.broker.cluster.broker.appendBroken(batch, { codec: 'gzip', error }, 3);
    await startAnew({ lost: false });
    await waitsFor(first);
    expect(status()?.reason).toContain('The batch cannot be read');
    await decided(first, first + 2n);
    await until(() => status()?.state === 'running');
    for (const [lost, id] of [
      [true, 'a2'],
      [false, 'a3'],
    ] as const) {
      await startAnew({ lost });
      await add(id);
      await comesTo(lost ? 2 : 3);
    }
  });

  it.each([
    ['key', [], Buffer.from([0xff])],
    ['ce_id', [['ce_id', Buffer.from([0xff])]], null],
  ] as [string, Headers, Buffer | null][])(
    'may be an event but for its %s, which is not UTF-8 (it was refused as an event, and the partition was lost)',
    async (_, headers, key) => {
      await add('a1');
      await comesTo(1);
      const [first] = await deciding.read(deciding.events);
      const versioned = [...headers, ['aggregateversion', Buffer.from('2')]] as const;
      const odd = write(first?.value as Buffer, versioned, key);
      await startAnew({ lost: false });
      await waitsFor(odd);
      await decided(odd);
      await until(() => status()?.state === 'running');
      await add('a2');
      await comesTo(2);
    },
  );
});

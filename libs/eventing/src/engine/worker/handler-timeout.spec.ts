import { afterEach, describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../../fixtures/bare-group.ts';
import { isAtTheEnd, readAll } from '../../../fixtures/log-reading.ts';
import { memoryUnderTest } from '../../../fixtures/memory-under-test.ts';
import { until } from '../../../fixtures/until.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { GroupConsumer } from '../group-consumer.ts';
import type { Handled } from '../handler.ts';

describe('a handler that never returns', () => {
  let consumer: GroupConsumer | undefined;
  afterEach(() => consumer?.stop());

  const record = (topic: string, value: string): OutgoingRecord => ({
    topic,
    partition: 0,
    key: null,
    value: Buffer.from(value),
    headers: [],
  });

  /** Two topics, records `0`, `1`… in the first, and a consumer that handles them with this handler. */
  async function run(
    count: number,
    handle: (records: readonly ConsumedRecord[], to: string) => Promise<Handled>,
  ) {
    const { cluster, topic, group: newGroup } = await memoryUnderTest();
    const [from, to] = [await topic(), await topic()];
    const group = await newGroup(from);
    for (let n = 0; n < count; n++) cluster.broker.append(record(from, String(n)));
    const started = runBareGroup(cluster, {
      group,
      topic: from,
      handlerTimeoutMs: 60,
      handle: (records) => handle(records, to),
    });
    consumer = started;
    return {
      from,
      to,
      group,
      cluster,
      logged: started.logged,
      worker: () => started.status.workers.get(`${from}-0`),
      atTheEnd: () => isAtTheEnd(cluster.log, group, [from]),
      written: async () => (await readAll(cluster.log, to)).map(({ value }) => String(value)),
      position: async () => (await cluster.log.position(group, from, 0)).offset,
    };
  }

  const copies = (records: readonly ConsumedRecord[], to: string, mark = ''): Handled => ({
    output: records.map(({ value }) => record(to, `${mark}${String(value)}`)),
  });
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n));

  it('is given up with a reason, its late answer is thrown away, and the batch is handled again', async () => {
    const gate = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    let calls = 0;
    const { from, group, logged, worker, cluster, ...group10 } = await run(10, async (records, target) => {
      if (++calls > 1) return copies(records, target);
      await gate.promise;
      setImmediate(late.resolve);
      return copies(records, target, 'late ');
    });
    await until(() => group10.atTheEnd());
    const told = logged.filter((line) => line.includes('not finished'));
    expect(told[0]).toContain(`The handler of ${group} ${from}-0 at offset 0 has not finished within 60 ms`);
    expect(worker()?.state).toBe('running');
    gate.resolve();
    await late.promise;
    cluster.broker.append(record(from, '10'));
    await until(() => group10.atTheEnd());
    expect(await group10.written()).toEqual(upTo(11));
  });

  it('again and again keeps its partition waiting at that record, which the reason names, until it returns', async () => {
    const gate = Promise.withResolvers<void>();
    let hung = 0;
    const { from, group, worker, position, written, atTheEnd } = await run(10, async (records, target) => {
      if (records.some(({ value }) => String(value) === '3')) {
        hung++;
        await gate.promise;
      }
      return copies(records, target);
    });
    await until(() => hung === 4);
    expect(worker()?.state).toBe('waiting');
    expect(worker()?.reason).toContain(`${group} ${from}-0 at offset 3 has not finished`);
    expect(await position()).toBe(3n);
    expect(await written()).toEqual(['0', '1', '2']);
    gate.resolve();
    await until(atTheEnd);
    expect(await written()).toEqual(upTo(10));
  });
});

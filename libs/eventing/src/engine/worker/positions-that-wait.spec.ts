import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../../fixtures/bare-group.ts';
import { SimulatedProcess } from '../../../fixtures/simulated-process.ts';
import { RecordTooLarge } from '../../log/errors.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { sleep } from '../../time/waiting.ts';
import type { Handled } from '../handler.ts';

const PARTITIONS = [0, 1, 2, 3];

describe('positions past records of which nothing came', () => {
  let simulated: SimulatedProcess;
  let seen: string[];
  let stop: () => Promise<void>;
  let consumer: ReturnType<typeof runBareGroup>;
  let fails = false;
  beforeEach(async () => {
    simulated = new SimulatedProcess();
    seen = [];
    fails = false;
    await start();
    for (const partition of PARTITIONS) append('something', partition);
    await pass(100);
    expect(await positions()).toEqual([1n, 1n, 1n, 1n]);
    seen = [];
    simulated.committing.length = 0;
  });
  afterEach(() => stop());

  it('are committed together a quarter of a second later (each was a transaction)', async () => {
    for (const partition of PARTITIONS) append('nothing', partition);
    await pass(100);
    expect([seen.length, await positions(), commits()]).toEqual([4, [1n, 1n, 1n, 1n], 0]);
    await pass(300);
    expect([await positions(), commits()]).toEqual([[2n, 2n, 2n, 2n], 1]);
    await pass(10_000);
    expect(commits()).toBe(1);
  });

  it('go with what follows in their lane', async () => {
    append('nothing', 0);
    await pass(50);
    append('something', 0);
    await pass(50);
    expect([(await positions())[0], commits()]).toEqual([3n, 1]);
    await pass(10_000);
    expect(commits()).toBe(1);
  });

  it('that were not committed when their process ended are passed again by the next', async () => {
    append('nothing', 0);
    await pass(100);
    await stop();
    await start();
    append('something', 0);
    await pass(1_000);
    expect(seen).toEqual(['nothing', 'nothing', 'something']);
    expect((await positions())[0]).toBe(3n);
  });

  it('are those of one batch at most, so that what fails behind them comes further each time (it began anew for ever)', async () => {
    await stop();
    fails = true;
    await start();
    for (const value of ['nothing', 'something too large', 'something']) append(value, 0);
    await pass(20_000);
    expect(consumer.status.workers.get('source-0')).toMatchObject({ state: 'stopped' });
    expect((await positions())[0]).toBe(2n);
  });

  async function start() {
    consumer = runBareGroup(simulated.cluster, { group: 'one', topic: 'source', handle });
    stop = () => simulated.clock.run(consumer.stop());
    const states = () => [...consumer.status.workers.values()].map(({ state }) => state);
    while (states().filter((state) => state === 'running').length < PARTITIONS.length)
      await simulated.clock.step();
  }

  async function handle(records: readonly ConsumedRecord[]): Promise<Handled> {
    seen.push(...records.map(({ value }) => String(value)));
    const some = records.filter(({ value }) => String(value).startsWith('something'));
    if (fails && some.some(({ value }) => String(value).endsWith('large')))
      throw new RecordTooLarge('output', undefined);
    const output = some.map((record) => ({ ...record, topic: 'output', partition: record.partition % 3 }));
    return { output, canWait: some.length === 0 };
  }

  const pass = (ms: number) => simulated.clock.run(sleep(simulated.clock, ms));
  const commits = () => simulated.committing.length;
  const append = (value: string, partition: number) =>
    simulated.cluster.broker.append({
      ...{ topic: 'source', partition, key: null },
      ...{ value: Buffer.from(value), headers: [] },
    });
  const positions = async () => {
    const all = PARTITIONS.map((partition) => simulated.cluster.log.position('one', 'source', partition));
    return (await Promise.all(all)).map(({ offset }) => offset);
  };
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../../fixtures/bare-group.ts';
import { CountingClock } from '../../../fixtures/counting-clock.ts';
import { readAll } from '../../../fixtures/log-reading.ts';
import { MemoryBroker } from '../../memory/memory-broker.ts';
import { MemoryCluster } from '../../memory/memory-cluster.ts';
import { seeded } from '../../time/seeded.ts';
import { sleep } from '../../time/waiting.ts';
import type { Handler } from '../handler.ts';
import type { Processor } from './processor.ts';

const MANY = 2_000;

describe('a process with many partitions', () => {
  const running: (() => Promise<void>)[] = [];
  afterEach(() => Promise.all(running.splice(0).map((stop) => stop())));

  async function started(partitions: number, tamper = (processor: Processor) => processor) {
    const clock = new CountingClock();
    const cluster = new MemoryCluster(new MemoryBroker({ clock, random: seeded(1) }));
    const { broker, log } = cluster;
    const commits: string[] = [];
    broker.ending = (transactionalId) => {
      commits.push(transactionalId);
      return 'answered';
    };
    broker.topics.create('source', partitions);
    broker.topics.create('output', 6);
    const all = [...Array(partitions).keys()];
    for (const partition of all) broker.begin('group', { topic: 'source', partition });
    const handle: Handler['handle'] = async (records) => ({
      output: records.map((record) => ({ ...record, topic: 'output', partition: record.partition % 6 })),
    });
    const consumer = runBareGroup(cluster, { group: 'group', topic: 'source', handle, tamper });
    const stop = () => clock.run(consumer.stop());
    running.push(stop);
    const states = () => [...consumer.status.workers.values()].map(({ state }) => state);
    const until = async (condition: () => boolean) => {
      while (!condition()) await clock.step();
    };
    await until(() => states().length === partitions && !states().includes('starting'));
    const handled = async (partition: number) => (await log.position('group', 'source', partition)).offset;
    return { clock, cluster, consumer, commits, states, until, handled, stop };
  }

  it('works on 2,000 of them; what is there is committed together', async () => {
    const { clock, cluster, consumer, commits, states, handled, stop } = await started(MANY);
    expect(states().filter((state) => state === 'running')).toHaveLength(MANY);
    const some = [...Array(50).keys()].map((each) => each * 40);
    for (const partition of some)
      cluster.broker.append({ topic: 'source', partition, key: null, value: Buffer.from('x'), headers: [] });
    const done = async () => (await Promise.all(some.map(handled))).every((offset) => offset === 1n);
    while (!(await clock.run(done()))) await clock.step();
    expect(new Set(commits).size).toBe(1);
    expect(commits.length).toBeLessThanOrEqual(3);
    expect(await clock.run(readAll(cluster.log, 'output'))).toHaveLength(some.length);
    await stop();
    running.splice(0);
    expect([
      consumer.status.workers.size,
      consumer.logged.filter((line) => /stopped|failed/.test(line)),
    ]).toEqual([0, []]);
  });

  it('has no timer of its own for each of them', async () => {
    const idle = await Promise.all(
      [6, MANY].map(async (partitions) => {
        const { clock } = await started(partitions);
        await clock.run(sleep(clock, 20_000));
        return clock.pending;
      }),
    );
    expect(idle[1]).toBe(idle[0]);
  });

  it('does what one of them comes to owe while nothing arrives', async () => {
    let owed = false;
    const settle = async () => void (owed = false);
    const owing = (processor: Processor): Processor => ({
      assign: (signal) => processor.assign(signal),
      process: (...args) => processor.process(...args),
      abandon: () => processor.abandon(),
      close: () => processor.close(),
      get owes() {
        return owed;
      },
      settle,
    });
    const { clock, until } = await started(1, owing);
    await clock.run(sleep(clock, 20_000));
    owed = true;
    await until(() => !owed);
  });

  it('says of which one the processor cannot be made, works on the others, and tries again', async () => {
    let left = 2;
    const { consumer, states, until } = await started(1, (processor) => {
      if (left-- > 0) throw new Error('the file cannot be opened');
      return processor;
    });
    expect(consumer.status.workers.get('source-0')).toEqual({
      state: 'stopped',
      reason: 'the file cannot be opened',
    });
    await until(() => states().join() === 'running');
    expect(consumer.logged.filter((line) => line === 'the file cannot be opened')).toHaveLength(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { runBareGroup } from '../../fixtures/bare-group.ts';
import { isAtTheEnd } from '../../fixtures/log-reading.ts';
import { memoryUnderTest } from '../../fixtures/memory-under-test.ts';
import { until } from '../../fixtures/until.ts';
import { LogTail } from './log-tail.ts';

const fault = () => new TypeError('nobody foresaw this');

/** Each fault lasts until it was seen to be told; those of members and fetchers are specified on brokers. */
describe('a fault that nobody foresaw turns the status red, and heals', () => {
  async function scratch() {
    const under = await memoryUnderTest();
    const topic = await under.topic();
    const { cluster } = under;
    const x = { topic, partition: 0, key: null, value: Buffer.from('x'), headers: [] };
    return { cluster, topic, group: await under.group(topic), append: () => cluster.broker.append(x) };
  }

  it('in a worker', async () => {
    const { cluster, topic, group, append } = await scratch();
    let broken = true;
    const consumer = runBareGroup(cluster, {
      group,
      topic,
      handle: async () => {
        if (broken) throw new Error('a failure as usual');
        return { output: [] };
      },
      tamper: (processor) => {
        const abandon = processor.abandon.bind(processor);
        processor.abandon = async () => {
          if (broken) throw fault();
          await abandon();
        };
        return processor;
      },
    });
    const reasons = () => [...consumer.status.workers.values()].flatMap(({ reason }) => reason ?? []);
    append();
    await until(() => reasons().some((reason) => reason.includes('nobody foresaw this')));
    broken = false;
    await until(() => isAtTheEnd(cluster.log, group, [topic]));
    await until(() => reasons().length === 0);
    await consumer.stop();
  });

  it('in who follows a log, and no record is missed', async () => {
    const { cluster, topic, append } = await scratch();
    const tail = new LogTail(cluster);
    const values: string[] = [];
    let broken = true;
    await tail.start([topic], async (records) => {
      if (broken && records.length > 0) throw fault();
      values.push(...records.map(({ value }) => String(value)));
    });
    append();
    await until(() => tail.trouble?.includes(`Following ${topic}-0 failed`) === true);
    broken = false;
    await until(() => values.length > 0);
    expect(values).toEqual(['x']);
    await until(() => tail.trouble === undefined);
    await tail.stop();
  });
});

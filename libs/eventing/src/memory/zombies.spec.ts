import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GroupConsumer } from '../engine/group-consumer.ts';
import type { Handler } from '../engine/handler.ts';
import { transactionalOn } from '../../fixtures/transactional-on.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { until } from '../../fixtures/scratch-broker.ts';

/** What becomes of a process that is paused for longer than its session, and does not know. */
describe('a zombie in memory', () => {
  let cluster: MemoryCluster;
  let running: GroupConsumer[];
  beforeEach(() => {
    cluster = new MemoryCluster();
    cluster.broker.topics.create('source', 1);
    cluster.broker.topics.create('output', 1);
    cluster.broker.begin('group', { topic: 'source', partition: 0 });
    running = [];
  });
  afterEach(() => Promise.all(running.map((consumer) => consumer.stop())));

  it.each(['others have done it', 'others are at it'])(
    'does nothing that counts with what it has in hand: %s',
    async (since) => {
      const [reached, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = run('first', async () => {
        reached.resolve();
        await going.promise;
      });
      cluster.broker.append(record('source', 'a'));
      await reached.promise;
      first.process.pause();
      const second = run('second', since === 'others are at it' ? () => going.promise : undefined);
      cluster.broker.group('group').expire();
      await until(() => second.consumer.status.workers.size === 1);
      if (since === 'others have done it') await until(() => position() === 1n);
      going.resolve();
      await until(() => position() === 1n);
      first.process.resume();
      await until(() => first.consumer.status.joined && isStable());
      expect(first.logged.join()).toContain('group has no member member-1');
      expect(outputs()).toEqual(['second: a']);
    },
  );

  it('commits nothing under a membership that has ended, though nobody has its place: it works on in the next one', async () => {
    const [reached, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = run('first', async () => {
      reached.resolve();
      await going.promise;
    });
    cluster.broker.append(record('source', 'a'));
    await reached.promise;
    first.process.pause();
    cluster.broker.group('group').expire();
    going.resolve();
    await until(() => first.logged.some((line) => line.includes('group has no member member-1')));
    expect([position(), outputs()]).toEqual([0n, []]);
    first.process.resume();
    await until(() => position() === 1n);
    expect(outputs()).toEqual(['first: a']);
  });

  it('leaves open what others wait for, which their group tells', async () => {
    const first = run('first');
    const open = cluster.broker.transactions.fence('open');
    const source = cluster.broker.topics.partition('source', 0);
    cluster.broker.transactions.enrol('open', open, source);
    source.append(record('source', 'open'), Date.now(), open);
    cluster.broker.append(record('source', 'behind'));
    await until(() => first.consumer.status.heldBack.length === 1);
    expect(first.consumer.status.heldBack).toMatchObject([
      { topic: 'source', offset: 0n, highWatermark: 2n },
    ]);
    cluster.broker.transactions.end('open', open, 'aborted');
    await until(() => position() === 3n);
    expect([outputs(), first.consumer.status.heldBack]).toEqual([['first: behind'], []]);
  });

  function run(name: string, before: () => Promise<void> = async () => undefined) {
    const process = cluster.apart();
    const logged: string[] = [];
    const write = (line: string) => void logged.push(line);
    const handler: Handler = {
      handle: async (records) => {
        await before();
        return { output: records.map(({ value }) => record('output', `${name}: ${value?.toString()}`)) };
      },
    };
    const consumer = new GroupConsumer(process, {
      group: 'group',
      topics: ['source'],
      log: { info: write, warn: write, error: write },
      processor: (assigned, member) =>
        transactionalOn(process, member, handler, { group: 'group', ...assigned }),
    });
    consumer.start();
    running.push(consumer);
    return { process, consumer, logged };
  }

  const position = () => cluster.broker.group('group').position({ topic: 'source', partition: 0 })?.offset;

  function isStable(): boolean {
    const { lastStableOffset, highWatermark } = cluster.broker.topics.partition('output', 0);
    return lastStableOffset === highWatermark;
  }

  function outputs(): string[] {
    const output = cluster.broker.topics.partition('output', 0);
    return output.read(0n, output.lastStableOffset).map(({ value }) => String(value));
  }

  const record = (topic: string, value: string): OutgoingRecord => ({
    topic,
    partition: 0,
    key: null,
    value: Buffer.from(value),
    headers: [],
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FailpointName } from '../engine/failpoints.ts';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryProcess } from './memory-process.ts';

describe('a process that was killed', () => {
  let broker: MemoryBroker;
  let victim: MemoryProcess;
  beforeEach(() => {
    broker = new MemoryBroker();
    broker.topics.create('topic', 2);
    victim = new MemoryProcess(broker);
  });

  const record = { topic: 'topic', partition: 0, key: null, value: Buffer.from('x'), headers: [] };
  const position = { group: 'g', topic: 'topic', partition: 0, offset: 1n, memberId: '', generation: -1 };

  it.each<FailpointName>(['after-send', 'after-offsets', 'before-commit'])(
    'leaves its transaction open, until somebody fences it: %s',
    async (moment) => {
      const transactionalId = 'tx';
      const producer = victim.producer({
        transactionalId,
        failpoint: async (name) => {
          if (name === moment) victim.kill();
        },
      });
      await producer.fence();
      const transaction = producer.transact([{ records: [record], position }]);
      while (broker.transactions.busy.length === 0) await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(await new MemoryProcess(broker).log.stableEnd('topic', 0)).toBe(0n);
      const next = new MemoryProcess(broker).producer({ transactionalId });
      await next.fence();
      while (broker.transactions.busy.length > 0) await new Promise(setImmediate);
      victim.bury();
      await expect(transaction).rejects.toThrow('The process was killed');
      const { log } = new MemoryProcess(broker);
      expect(await log.stableEnd('topic', 0)).toBe(2n);
      expect(await log.endedRecordAt({ topic: 'topic', partition: 0, offset: 0n }, never)).toMatchObject({
        aborted: true,
      });
    },
  );

  it('is no member any more: its partitions are those of the others, and it hears nothing of it', async () => {
    const owned = new Map<string, number>();
    const join = (process: MemoryProcess, who: string) => {
      const member = process.member({
        group: 'g',
        topics: ['topic'],
        held: () => ({ running: [], stored: [] }),
        assigned: (partitions) => void owned.set(who, partitions.length),
        report: () => undefined,
      });
      member.start();
    };
    join(victim, 'victim');
    join(new MemoryProcess(broker), 'other');
    while (owned.get('other') !== 1) await new Promise(setImmediate);
    victim.kill();
    expect(Object.fromEntries(owned)).toEqual({ victim: 1, other: 2 });
  });

  it('is answered nothing, whatever it asks, and writes nothing', async () => {
    victim.kill();
    const answers = [
      victim.log.end('topic', 0),
      victim.appender().append(record),
      victim.commit({ ...position, instanceId: undefined }),
      victim.producer({ transactionalId: 'tx' }).fence(),
    ];
    const answered = Promise.race(answers).catch((error: Error) => error.message);
    await new Promise(setImmediate);
    victim.bury();
    expect(await answered).toBe('The process was killed');
    await Promise.allSettled(answers);
    expect(broker.topics.partition('topic', 0).highWatermark).toBe(0n);
  });
});

const never = new AbortController().signal;

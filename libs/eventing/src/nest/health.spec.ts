import { describe, expect, it } from '@jest/globals';
import type { ConsumerStatus, GroupConsumer } from '../kafka/group-consumer.ts';
import { EngineHealth } from './health.ts';

const fine: ConsumerStatus = { joined: true, silentMs: 0, bufferedBytes: 0, workers: new Map() };

function reportOf(status: Partial<ConsumerStatus>) {
  const health = new EngineHealth();
  const consumer = { options: { group: 'orders' }, status: { ...fine, ...status } };
  health.watch([consumer as unknown as GroupConsumer]);
  const { ready, details } = health.report();
  return { ready, detail: details['orders'] };
}

describe('readiness', () => {
  it('is green when the group is joined and its partitions are worked on', () => {
    const workers = new Map([['t-0', { state: 'running' }]] as const);
    expect(reportOf({ workers })).toEqual({ ready: true, detail: { status: 'up' } });
  });

  it.each<[string, Partial<ConsumerStatus>, string]>([
    ['the group is not joined', { joined: false }, 'the group is not joined'],
    ['it is refused', { joined: false, trouble: 'not allowed' }, 'the group is not joined: not allowed'],
    ['a part failed and is started again', { trouble: 'Fetching failed' }, 'Fetching failed'],
    ['brokers are silent', { silentMs: 5_000 }, 'Kafka has not answered for 5 s'],
    [
      'a handler hangs',
      { workers: new Map([['t-0', { state: 'waiting', reason: 'it hangs' }]] as const) },
      't-0 waiting: it hangs',
    ],
  ])('is red with a reason when %s', (_, status, reason) => {
    expect(reportOf(status)).toEqual({ ready: false, detail: { status: 'down', reason } });
  });

  it('is red while the tail of the events is started again', () => {
    const health = new EngineHealth();
    health.watch([]);
    let trouble: string | undefined = 'Following t-0 failed';
    health.watchTail(
      () => 0,
      () => trouble,
    );
    expect(health.report().details['event tail']).toEqual({ status: 'down', reason: trouble });
    trouble = undefined;
    expect(health.report().ready).toBe(true);
  });
});

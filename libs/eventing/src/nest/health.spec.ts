import { describe, expect, it } from '@jest/globals';
import type { ConsumerStatus, GroupConsumer } from '../engine/group-consumer.ts';
import { EngineHealth } from './health.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';

const fine: ConsumerStatus = {
  joined: true,
  silentMs: 0,
  bufferedBytes: 0,
  workers: new Map(),
  heldBack: [],
  notices: [],
};

function reportOf(status: Partial<ConsumerStatus>) {
  const health = new EngineHealth(new OpenTransactionWatch());
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
    [
      'an open transaction holds a partition back',
      { heldBack: [{ topic: 't', partition: 0, offset: 7n, highWatermark: 9n, forMs: 5_200 }] },
      't-0 is held back at offset 7 for 5 s, 2 offsets wait: a transaction is open',
    ],
  ])('is red with a reason when %s', (_, status, reason) => {
    expect(reportOf(status)).toEqual({ ready: false, detail: { status: 'down', reason } });
  });

  it('stays green while a transaction is open for a moment', () => {
    const heldBack = [{ topic: 't', partition: 0, offset: 7n, highWatermark: 9n, forMs: 4_900 }];
    expect(reportOf({ heldBack })).toEqual({ ready: true, detail: { status: 'up' } });
  });

  it('says what stops nothing, and stays green', () => {
    const notices = ['what g.t.parked-0 says is no mark', 'and another'];
    const reason = notices.join('; ');
    expect(reportOf({ notices })).toEqual({ ready: true, detail: { status: 'up', reason } });
  });

  it('is red while the tail of the events is started again', () => {
    const health = new EngineHealth(new OpenTransactionWatch());
    health.watch([]);
    let trouble: string | undefined = 'Following t-0 failed';
    health.watchTail({ silentMs: () => 0, trouble: () => trouble, heldBack: () => [] });
    expect(health.report().details['event tail']).toEqual({ status: 'down', reason: trouble });
    trouble = undefined;
    expect(health.report().ready).toBe(true);
  });
});

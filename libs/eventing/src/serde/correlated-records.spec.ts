import { describe, expect, it } from '@jest/globals';
import { MemoryBroker } from '../memory/memory-broker.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { system } from '../time/system-clock.ts';
import { correlatedRecords } from './correlated-records.ts';

const signal = AbortSignal.timeout(300_000);
const at = { topic: 'flow', partition: 0 };
const ids = new Set(['wanted']);

/** A log with a record at each of these times, of these correlations. */
function logOf(...written: readonly (readonly [time: number, correlation: string | undefined])[]) {
  let time = 0;
  const clock = Object.create(system.clock, { now: { value: () => time } });
  const { broker, log } = new MemoryCluster(new MemoryBroker({ ...system, clock }));
  broker.topics.create(at.topic, 1);
  for (const [when, correlation] of written) {
    time = when;
    const headers = [['ce_id', Buffer.from('wanted')] as const];
    const correlated =
      correlation === undefined ? [] : [['correlationid', Buffer.from(correlation)] as const];
    broker.append({ ...at, key: null, value: null, headers: [...headers, ...correlated] });
  }
  return log;
}

const offsets = ({ records }: Awaited<ReturnType<typeof correlatedRecords>>) =>
  records.map(({ offset }) => Number(offset));

describe('records of one correlation', () => {
  const log = logOf([10, 'wanted'], [20, 'other'], [30, undefined], [40, 'wanted'], [50, 'wanted']);

  it('are found in windows of time, those that say none by their id', async () => {
    const whole = { ids, windows: [{ from: 0, to: 100 }], most: 100 };
    expect(offsets(await correlatedRecords(log, at, whole, signal))).toEqual([0, 2, 3, 4]);
    const windows = [
      { from: 10, to: 11 },
      { from: 12, to: 30 },
      { from: 41, to: undefined },
    ];
    const found = await correlatedRecords(log, at, { ids, windows, most: 100 }, signal);
    expect(offsets(found)).toEqual([0, 4]);
    expect(found.stoppedAt).toBeUndefined();
  });

  it('are looked for in so many records, and where that ended is said', async () => {
    const windows = [{ from: 0, to: 100 }];
    const found = await correlatedRecords(log, at, { ids, windows, most: 2 }, signal);
    expect({ offsets: offsets(found), stoppedAt: found.stoppedAt }).toEqual({ offsets: [0], stoppedAt: 2n });
    expect((await correlatedRecords(log, at, { ids, windows, most: 5 }, signal)).stoppedAt).toBeUndefined();
  });

  it('are none on a topic that is not there', async () => {
    const windows = [{ from: 0, to: 100 }];
    const found = await correlatedRecords(
      log,
      { topic: 'no-flow', partition: 0 },
      { ids, windows, most: 2 },
      signal,
    );
    expect(found).toEqual({ records: [], stoppedAt: undefined });
  });
});

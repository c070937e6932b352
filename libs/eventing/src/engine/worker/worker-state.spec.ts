import { describe, expect, it } from '@jest/globals';
import type { Outage } from '../../failures/outage.ts';
import { HaltError, LogError, PositionError, RecordTooLarge } from '../../log/errors.ts';
import { HandlerStuck } from './turn.ts';
import {
  assigned,
  begun,
  excused,
  type Failed,
  failed,
  failsAgain,
  grown,
  succeeded,
  type WorkerState,
} from './worker-state.ts';

const limits = { maxBatch: 500, handlerTimeoutMs: 60_000 };
const well = assigned(begun(limits));
const smtp = { dependency: 'SMTP' } as Outage;
const postgres = { dependency: 'Postgres' } as Outage;
const error = new Error('jammed');
const tooLarge = new RecordTooLarge('t', error);
const stuck = new HandlerStuck('g t-0 at offset 7', 60_000);

/** The state after some failures, one after the other, while batches were handled. */
const after = (state: WorkerState, ...failures: readonly (Partial<Failed> | Error)[]) =>
  failures.reduce<WorkerState>(
    (now, each) =>
      failed(
        now,
        { error, at: 'handling', outage: undefined, ...(each instanceof Error ? { error: each } : each) },
        limits,
      ),
    state,
  );

const waits = (state: WorkerState) => (state.mode.type === 'backing-off' ? state.mode.ms : state.mode.type);

describe('what a failure asks for', () => {
  it('is a wait that doubles up to five seconds, until something succeeds', () => {
    const failures = Array.from({ length: 9 }, (_, count) => after(well, ...Array(count + 1).fill(error)));
    expect(failures.map(waits)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(failures.map(failsAgain)).toEqual([false, ...Array(8).fill(true)]);
    expect(waits(after(succeeded(after(well, error, error, error)), error))).toBe(50);
    // To be assigned again is no success.
    expect(waits(after(assigned(after(well, error)), error))).toBe(100);
  });

  it.each([
    ['a position that cannot be trusted', new PositionError('it is nowhere')],
    ['what somebody has to look at', new HaltError('the log has a gap')],
  ])('is to stop for good: %s', (_, reason) => {
    expect(after(well, reason).mode).toEqual({ type: 'stopped', reason: reason.message });
  });

  it('is fewer records at once when they are too large together, and to stop when one alone is', () => {
    const states = [after(well, tooLarge), after(well, tooLarge, tooLarge)];
    expect(states.map(({ limit, mode }) => [limit, mode.type])).toEqual([
      [250, 'splitting'],
      [125, 'splitting'],
    ]);
    const alone = after(well, ...Array(9).fill(tooLarge));
    expect([alone.limit, alone.mode.type]).toEqual([1, 'splitting']);
    expect(after(alone, tooLarge).mode.type).toBe('stopped');
  });

  it('is a wait when what was parked is too large together: whoever handles it takes fewer by itself', () => {
    const settling = after({ ...well, limit: 1 }, { error: tooLarge, at: 'settling' });
    expect([waits(settling), settling.limit]).toEqual([50, 1]);
  });

  it('is one record at a time after a hang, and longer waits when that repeats, five minutes at most', () => {
    const hangs = Array.from({ length: 7 }, (_, count) => after(well, ...Array(count + 1).fill(stuck)));
    expect(hangs.map(({ limit }) => limit)).toEqual(Array(7).fill(1));
    expect(hangs.map(waits)).toEqual([50, 60_000, 120_000, 180_000, 240_000, 300_000, 300_000]);
  });

  it('is to wait for a dependency that is down, without a longer wait after it', () => {
    const waiting = after(well, { error: new LogError('X', 'refused', { retryable: true }), outage: smtp });
    expect(waiting.mode).toEqual({
      type: 'waiting-for',
      reason: 'SMTP is down: refused',
      outage: smtp,
      met: 'handling',
    });
    expect(waits(after(waiting, error))).toBe(50);
  });
});

describe('an assignment after a failure', () => {
  it('shows that it is over, and so it does for an outage that was met on the way to it', () => {
    expect(assigned(after(well, error)).mode).toEqual({ type: 'working' });
    expect(assigned(after(well, { outage: postgres, at: 'assigning' })).mode).toEqual({ type: 'working' });
  });

  it('does not show that an outage of a batch is over, nor that a handler no longer hangs: a batch does', () => {
    const trying = assigned(after(well, { outage: smtp }));
    expect(trying.mode).toEqual({ type: 'trying', reason: 'SMTP is down: jammed', outage: smtp });
    const afterHang = assigned(after(well, stuck));
    expect(afterHang.mode).toEqual({ type: 'trying', reason: stuck.message, outage: undefined });
    for (const state of [trying, afterHang])
      expect(succeeded(state)).toMatchObject({ mode: { type: 'working' }, hangs: 0, backoffMs: 50 });
  });

  it('keeps what a hang has taught through an outage that was met on the way', () => {
    const state = assigned(after(well, stuck, { outage: postgres, at: 'assigning' }));
    expect(state).toMatchObject({ mode: { type: 'trying', outage: undefined }, hangs: 1, limit: 1 });
  });

  it('is as good as well when there is nothing to try with', () => {
    expect(excused(assigned(after(well, stuck)))).toMatchObject({
      mode: { type: 'working' },
      hangs: 0,
      limit: 1,
    });
  });
});

it('takes a tenth more records after each batch, up to what is allowed', () => {
  const small = after(well, stuck);
  expect(grown(small, limits).limit).toBe(2);
  expect(grown({ ...small, limit: 490 }, limits).limit).toBe(500);
});

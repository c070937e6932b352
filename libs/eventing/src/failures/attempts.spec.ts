import { describe, expect, it } from '@jest/globals';
import { HaltError } from '../log/errors.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { Attempts } from './attempts.ts';
import { type FailurePlan, pure } from './failure-plan.ts';
import { systemClock } from '../time/system-clock.ts';

const never = new AbortController().signal;
const record: ConsumedRecord = {
  topic: 't',
  partition: 0,
  offset: 0n,
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
};
const tried: FailurePlan = { ...pure('g', 'none'), otherwise: 'retryable', immediate: 2 };
const error = (fields: object = {}) => Object.assign(new Error('jammed'), fields);

const thrown = (error: unknown) => ({ at: expect.any(Number), error });

/** Attempts whose n-th one fails with the n-th error, and succeeds where there is none. */
function attempting(plan: FailurePlan, ...errors: readonly unknown[]) {
  let calls = 0;
  const handle = () => {
    const failure = errors[calls++];
    if (failure !== undefined) throw failure;
    return [];
  };
  const inner = { concerns: () => true, prepare: async () => undefined, handle };
  return { attempts: new Attempts(inner, plan, systemClock), calls: () => calls };
}

describe('attempts', () => {
  it('are made at once until one succeeds', async () => {
    const { attempts, calls } = attempting(tried, error(), error());
    expect(await attempts.make(record, never)).toEqual({ output: [] });
    expect(calls()).toBe(3);
  });

  it('come to an end with the last error', async () => {
    const [once, twice, last] = [error(), error(), error()];
    const { attempts, calls } = attempting(tried, once, twice, last, error());
    expect(await attempts.make(record, never)).toEqual({
      thrown: [once, twice, last].map(thrown),
      retryable: true,
    });
    expect(calls()).toBe(3);
  });

  it.each([
    ['will never succeed', error({ retryable: false }), false],
    ['has run out of time', error({ name: 'TimeoutError' }), true],
  ])('are not repeated when one %s', async (_, failure, retryable) => {
    const { attempts } = attempting(tried, failure);
    expect(await attempts.make(record, never)).toEqual({ thrown: [thrown(failure)], retryable });
  });

  it('are not counted while a dependency is down', async () => {
    const { attempts, calls } = attempting(tried, error(), error({ unavailable: true }));
    await expect(attempts.make(record, never)).rejects.toThrow('jammed');
    expect(calls()).toBe(2);
  });

  it('go by what the handler declares', async () => {
    class Jammed extends Error {}
    const plan = { ...pure('g', 'key', { unavailable: [Jammed] }) };
    await expect(attempting(plan, new Jammed('away')).attempts.make(record, never)).rejects.toMatchObject({
      unavailable: true,
      message: 'away',
    });
    const fatal = attempting({ ...tried, errors: { fatal: [Jammed] } }, new Jammed());
    expect(await fatal.attempts.make(record, never)).toMatchObject({
      thrown: [expect.anything()],
      retryable: false,
    });
  });

  it('end when the service stops, and nothing is decided', async () => {
    const stopping = new AbortController();
    stopping.abort();
    await expect(attempting(tried, error()).attempts.make(record, stopping.signal)).rejects.toThrow('jammed');
    const { attempts } = attempting(tried, error({ retryable: false }));
    expect(await attempts.make(record, stopping.signal)).toMatchObject({ retryable: false });
  });

  it('are one where there is no later, also in an outage', async () => {
    const { attempts } = attempting({ ...tried, once: true }, error({ unavailable: true }));
    expect(await attempts.make(record, never)).toMatchObject({
      thrown: [expect.anything()],
      retryable: false,
    });
  });

  it.each([tried, { ...tried, once: true }])('do not hide that the partition has to stop', async (plan) => {
    await expect(attempting(plan, new HaltError('look')).attempts.make(record, never)).rejects.toThrow(
      HaltError,
    );
  });
});

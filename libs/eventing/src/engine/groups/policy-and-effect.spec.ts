import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Doors, doors, type Rung } from '../../../fixtures/doors.ts';
import type { EffectFacts } from '../../../fixtures/ringing-handlers.ts';
import { until } from '../../../fixtures/until.ts';
import type { Received } from '../../domain/index.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { header } from '../../log/record.ts';
import { Effect, type EffectOptions, Perform, Policy, Whenever } from '../../nest/handlers.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';

describe('handlers of events', () => {
  let parts: Doors;
  let broker: SpecBroker;
  let running: GroupUnderTest | undefined;
  beforeEach(() => {
    parts = doors();
    broker = new SpecBroker(parts.contracts, 1);
  });
  afterEach(() => running?.stop());

  const run = async (handler: object) => void (running = await runGroup(handler, { broker }));
  const ring = (times: number, id: string) => broker.publish(parts.Rung({ door: 'a', times }), { id });
  const position = async () => (await broker.cluster.log.position(parts.group, parts.events, 0)).offset;
  const letters = (...names: string[]) =>
    broker
      .deadLetters(parts.group, parts.events)
      .map(({ headers }) => names.map((name) => header(headers, name)));

  /** An effect that performs by the event's id. */
  function effect(options: EffectFacts, perform: (key: string) => Promise<void>): object {
    @Effect({ group: parts.group, ...options } as EffectOptions)
    class Performing {
      @Perform(parts.Rung)
      rung({ metadata: { id } }: Received<Rung>, { idempotencyKey }: { idempotencyKey: string }) {
        expect(idempotencyKey).toBe(id);
        return perform(id);
      }
    }
    return new Performing();
  }

  it('a policy answers events with commands whose ids a replay derives again, and sets aside what it cannot', async () => {
    @Policy({ group: parts.group, ordering: 'none' })
    class Answering {
      @Whenever(parts.Rung)
      rung({ data: { door, times } }: Received<Rung>) {
        if (times < 0) throw new Error('nobody rings less than never');
        return Array.from({ length: times }, () => parts.Open({ door }));
      }
    }
    await ring(2, 'same');
    await ring(-1, 'bad');
    await ring(2, 'same');
    await run(new Answering());
    await broker.idle();
    const ids = broker.sent(parts.Open).map(({ metadata }) => metadata.id);
    expect(ids).toHaveLength(4);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    expect(letters('ce_id', FAILURE.lastMessage)).toEqual([['bad', 'nobody rings less than never']]);
  });

  it('an effect is performed once for each event, retried when it may pass, and waits for an outage without counting', async () => {
    const tried = new Map<string, number>();
    const failing = (key: string, count: number, error: object) => {
      if ((tried.get(key) ?? 0) <= count) throw Object.assign(new Error(`no ${key}`), error);
    };
    for (const key of ['good', 'flaky', 'down', 'hopeless', 'stubborn', 'good', 'last']) await ring(1, key);
    const perform = async (key: string) => {
      tried.set(key, (tried.get(key) ?? 0) + 1);
      // Nothing says what this is.
      if (key === 'flaky') failing(key, 2, {});
      if (key === 'down') failing(key, 2, { code: 'ECONNREFUSED' });
      if (key === 'hopeless') failing(key, Infinity, { retryable: false });
      if (key === 'stubborn') failing(key, Infinity, { retryable: true });
    };
    await run(effect({}, perform));
    await broker.idle();
    const expected = { good: 1, flaky: 3, down: 3, hopeless: 1, stubborn: 3, last: 1 };
    expect(Object.fromEntries(tried)).toEqual(expected);
    expect(letters('ce_id', FAILURE.attempts)).toEqual([
      ['hopeless', '1'],
      ['stubborn', '3'],
    ]);
  });

  it('an effect that hangs is given up in time, not tried again at once, and what it does later is its own', async () => {
    const tried: string[] = [];
    const hanging = Promise.withResolvers<void>();
    for (const key of ['good', 'hangs', 'next', 'good', 'hangs']) await ring(1, key);
    const perform = (key: string) => {
      tried.push(key);
      return key === 'hangs' ? hanging.promise : Promise.resolve();
    };
    await run(effect({ timeoutMs: 50, commitAfterMs: 0 }, perform));
    await broker.idle();
    hanging.resolve();
    await ring(1, 'last');
    await broker.idle();
    // What was performed is marked, and what was given up is not.
    expect(tried).toEqual(['good', 'hangs', 'next', 'hangs', 'last']);
    const timedOut = ['hangs', expect.stringContaining('timeout')];
    expect(letters('ce_id', FAILURE.lastMessage)).toEqual([timedOut, timedOut]);
  });

  it('an effect commits several events together, and what it did before an outage at once', async () => {
    const positions: [string, bigint][] = [];
    let down = true;
    for (const key of ['one', 'two', 'down', 'three']) await ring(1, key);
    const perform = async (key: string) => {
      positions.push([key, await position()]);
      if (key === 'down' && down) {
        down = false;
        throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
      }
    };
    await run(effect({ commitAfterMs: 60_000 }, perform));
    await broker.idle();
    expect(positions).toEqual([
      ['one', 0n],
      ['two', 0n],
      ['down', 0n],
      ['down', 2n],
      ['three', 2n],
    ]);
  });

  it('an effect that is at-most-once makes one attempt, behind its position, and sets aside whatever failed', async () => {
    const tried: [string, bigint][] = [];
    const errors = new Map<string, object>([
      ['flaky', { retryable: true }],
      ['down', { code: 'ECONNREFUSED' }],
      ['hopeless', { retryable: false }],
    ]);
    for (const key of ['good', 'flaky', 'down', 'hopeless', 'good', 'last']) await ring(1, key);
    const perform = async (key: string) => {
      tried.push([key, await position()]);
      if (errors.has(key)) throw Object.assign(new Error(`no ${key}`), errors.get(key));
    };
    await run(effect({ guarantee: 'at-most-once' }, perform));
    await broker.idle();
    expect(tried).toEqual([
      ['good', 1n],
      ['flaky', 2n],
      ['down', 3n],
      ['hopeless', 4n],
      ['last', 6n],
    ]);
    expect(letters('ce_id', FAILURE.attempts)).toEqual([...errors.keys()].map((key) => [key, '1']));
  });

  it('is not idle while an effect that is at-most-once performs behind its position', async () => {
    const performing = Promise.withResolvers<void>();
    const done: string[] = [];
    await ring(1, 'slow');
    const perform = async (key: string) => {
      await performing.promise;
      done.push(key);
    };
    await run(effect({ guarantee: 'at-most-once' }, perform));
    await until(async () => (await position()) === 1n);
    await expect(broker.idle(50)).rejects.toThrow('has records in its hands');
    performing.resolve();
    await broker.idle();
    expect(done).toEqual(['slow']);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnyDecider } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { DeciderState } from './decider-state.ts';
import { StateStore } from './state-store.ts';
import { systemClock } from '../time/system-clock.ts';

const rules = { group: 'orders.decider', events: { topic: 'orders.events' }, version: 1, initial: {} };

/** A log without events but one, if that is given; its topic was deleted and made anew: who has not asked all brokers is told of the old one. */
function log(first?: { key: string; version: number; cause: string }): Log {
  let id = 'deleted';
  const end = async () => (first ? 2n : 0n);
  return {
    clock: systemClock,
    clusterId: async () => 'cluster',
    confirmLeaders: async () => {
      id = 'made anew';
      return true;
    },
    topic: async () => ({ id, partitions: 1 }),
    start: async () => 0n,
    end,
    stableEnd: end,
    endedRecordAt: async () => first && { record: event(first), aborted: false },
    read: async function* () {
      if (first) yield { records: [], nextOffset: 2n };
    },
  } as unknown as Log;
}

const event = ({ key, version, cause }: { key: string; version: number; cause: string }) => ({
  topic: 'orders.events',
  partition: 0,
  offset: 0n,
  timestamp: Date.now(),
  key: Buffer.from(key),
  value: null,
  headers: [
    ['aggregateversion', Buffer.from(String(version))],
    ['causationid', Buffer.from(cause)],
  ],
});

const signal = new AbortController().signal;

describe('the state of a decider', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-decider-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const state = () =>
    new DeciderState(
      rules as unknown as AnyDecider,
      { prepare: async () => undefined } as unknown as MessageCodec,
      {
        directory,
        partition: 0,
        rememberMs: 60_000,
      },
    );

  it('belongs to the topic of now (its id was read before all brokers were asked, and may be that of a deleted one)', async () => {
    const restored = state();
    await restored.restore(log(), signal);
    restored.apply(restored.overlay(), 1n, 1);
    await restored.close();
    const store = new StateStore(directory);
    store.claim({ clusterId: 'cluster', topicId: 'made anew', deciderVersion: 1 });
    expect(store.position).toBe(1n);
    await store.close();
  });

  it.each([
    ['the event that it was built on', { key: 'order-1', version: 1, cause: 'command-1' }, 1],
    ['an event of another aggregate', { key: 'order-2', version: 1, cause: 'command-2' }, 0],
    ['another event of the aggregate', { key: 'order-1', version: 2, cause: 'command-2' }, 0],
    ['an answer to another command', { key: 'order-1', version: 1, cause: 'command-2' }, 0],
  ])(
    'is as true as its last event, where now stands %s (a log that was cut off and had grown again was believed)',
    async (_, first, version) => {
      const built = state();
      await built.restore(log(), signal);
      const changes = built.overlay();
      changes.set('order-1', { state: {}, version: 1 });
      changes.remember('command-1', { time: Date.now(), requestHash: '' });
      built.apply(changes, 1n, 1);
      await built.close();
      const restored = state();
      await restored.restore(log(first), signal);
      expect(restored.overlay().aggregate('order-1').version).toBe(version);
      await restored.close();
    },
  );

  it('forgets commands as fast as it takes them in, however many one aggregate has (half of them stayed for ever)', async () => {
    const counting = state();
    await counting.restore(log(), signal);
    const [COMMANDS, RETENTION_MS] = [1_000, 60_000];
    for (let at = 1; at <= 6; at++) {
      const changes = counting.overlay();
      changes.set('order-1', { state: {}, version: at });
      for (let id = 0; id < COMMANDS; id++) changes.remember(`${at}-${id}`, { time: at, requestHash: '' });
      counting.apply(changes, BigInt(at), at + RETENTION_MS * (at > 3 ? 2 : 0));
    }
    const overlay = counting.overlay();
    const known = [1, 2, 3, 4, 5, 6].filter((at) => overlay.handled(`${at}-${COMMANDS - 1}`));
    expect(known).toEqual([4, 5, 6]);
    await counting.close();
  });

  it('says so when it is used before it is restored', () => {
    expect(() => state().overlay()).toThrow(
      expect.objectContaining({ code: 'NOT_RESTORED', retryable: false }),
    );
  });
});

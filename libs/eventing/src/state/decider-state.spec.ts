import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnyDecider } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { DeciderState } from './decider-state.ts';
import { StateStore } from './state-store.ts';

const rules = { group: 'orders.decider', events: { topic: 'orders.events' }, version: 1, initial: {} };

/** An empty log, whose topic was deleted and made anew: who has not asked all brokers is told of the old one. */
const log = () => {
  let id = 'deleted';
  return {
    clusterId: async () => 'cluster',
    confirmLeaders: async () => {
      id = 'made anew';
      return true;
    },
    topic: async () => ({ id, partitions: 1 }),
    start: async () => 0n,
    end: async () => 0n,
    stableEnd: async () => 0n,
    read: async function* () {},
  } as unknown as Log;
};

describe('the state of a decider', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-decider-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const state = () =>
    new DeciderState(rules as unknown as AnyDecider, {} as MessageCodec, {
      directory,
      partition: 0,
      rememberMs: 1,
    });

  it('belongs to the topic of now (its id was read before all brokers were asked, and may be that of a deleted one)', async () => {
    const restored = state();
    await restored.restore(log(), new AbortController().signal);
    restored.write(restored.overlay(), 1n);
    await restored.close();
    const store = new StateStore(directory);
    store.claim({ clusterId: 'cluster', topicId: 'made anew', deciderVersion: 1 });
    expect(store.position).toBe(1n);
    await store.close();
  });

  it('says so when it is used before it is restored', () => {
    expect(() => state().overlay()).toThrow(
      expect.objectContaining({ code: 'NOT_RESTORED', retryable: false }),
    );
  });
});

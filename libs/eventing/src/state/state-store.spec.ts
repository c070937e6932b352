import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateOverlay } from './state-overlay.ts';
import { StateConflict, StateDamaged, StateStore } from './state-store.ts';

const identity = { clusterId: 'c', topicId: 't', deciderVersion: 1 };

describe('the state store', () => {
  let directory: string;
  let store: StateStore;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'atelier-store-'));
    store = new StateStore(directory);
    store.claim(identity);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function write(total: bigint, from: bigint, to: bigint): void {
    const overlay = new StateOverlay(store, { total: 0n }, 'counters');
    overlay.set('a', { state: { total }, version: 1 });
    overlay.remember(`command-${to}`, { time: Number(to), requestHash: 'hash' });
    store.write(overlay, { from, to, lastEvent: to - 1n });
  }

  it('keeps aggregates, handled commands and the position over a restart', async () => {
    write(2n ** 60n, 0n, 5n);
    await store.close();
    store = new StateStore(directory);
    store.claim(identity);
    expect(store.position).toBe(5n);
    expect(store.lastEvent).toBe(4n);
    expect(store.aggregate('a')).toEqual({ state: { total: 2n ** 60n }, version: 1 });
    expect(store.handled('command-5')).toEqual({ time: 5, requestHash: 'hash' });
  });

  it('refuses a write that does not follow its position, and changes nothing', () => {
    write(1n, 0n, 5n);
    expect(() => write(2n, 4n, 9n)).toThrow(StateConflict);
    expect(store.position).toBe(5n);
    expect(store.aggregate('a')).toMatchObject({ state: { total: 1n } });
  });

  it.each([{ clusterId: 'other' }, { topicId: 'other' }, { deciderVersion: 2 }])(
    'is emptied when it belongs to another %j',
    (other) => {
      write(1n, 0n, 5n);
      store.claim({ ...identity, ...other });
      expect(store.position).toBe(0n);
      expect(store.aggregate('a')).toBeUndefined();
      expect(store.handled('command-5')).toBeUndefined();
    },
  );

  it('that was cut short is emptied before it is read (a partition had stopped for good)', async () => {
    for (let at = 0n; at < 200n; at++) write(at, at, at + 1n);
    await store.close();
    const file = join(directory, 'data.mdb');
    truncateSync(file, Math.floor(statSync(file).size / 2));
    store = new StateStore(directory);
    store.claim(identity);
    expect(store.position).toBe(0n);
    expect(store.aggregate('a')).toBeUndefined();
    write(1n, 0n, 5n);
    expect(store.position).toBe(5n);
  });

  it('that is damaged in the middle says so, and can be removed and rebuilt', async () => {
    for (let at = 0n; at < 200n; at++) write(at, at, at + 1n);
    await store.close();
    overwritePagesWith(join(directory, 'data.mdb'), 'command-150');
    store = new StateStore(directory);
    store.claim(identity);
    expect(() => store.handled('command-150')).toThrow(StateDamaged);
    expect(store.damaged).toBe(true);
    await store.remove();
    store = new StateStore(directory);
    store.claim(identity);
    expect(store.position).toBe(0n);
  });

  it('forgets commands that are older than their retention', () => {
    write(1n, 0n, 5n);
    write(2n, 5n, 10n);
    store.forgetBefore(7);
    expect(store.handled('command-5')).toBeUndefined();
    expect(store.handled('command-10')).toBeDefined();
  });
});

/** Zeroes over every page of a file that holds this text. */
function overwritePagesWith(file: string, text: string): void {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at += 4096) {
    const page = bytes.subarray(at, at + 4096);
    if (page.includes(text)) page.fill(0);
  }
  writeFileSync(file, bytes);
}

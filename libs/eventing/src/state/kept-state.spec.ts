import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HaltError } from '../log/errors.ts';
import { avroType } from '../serde/avro.ts';
import { refuseUnkept } from './kept-state.ts';
import { StateOverlay } from './state-overlay.ts';
import { StateStore } from './state-store.ts';

class Line {
  readonly sku = 'a';

  total(): number {
    return 1;
  }
}

const line = avroType({ type: 'record', name: 'OrderLine', fields: [{ name: 'sku', type: 'string' }] });

const within = (state: object) => Object.assign(state, { self: state });

describe('a state of a decider', () => {
  let directory: string;
  let store: StateStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'atelier-state-'));
    store = new StateStore(directory);
    store.claim({ clusterId: 'c', topicId: 't', deciderVersion: 1 });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const overlay = () => new StateOverlay(store, { lines: [] }, 'orders.decider');

  it.each([
    [{ text: 'é😀', none: null, missing: undefined, yes: true }],
    [{ ints: [0, -1, 2 ** 53 - 1], floats: [0.1, -Infinity, NaN], lines: [[{ deep: [] }]] }],
    [{ least: -(2n ** 63n), most: 2n ** 64n - 1n, small: 5n }],
    [{ '': 1, 7: 'a', then: 1, constructor: 2, length: 3 }],
    [['a list'], 'a text', 5, null, undefined].flat(),
  ])('that is plain comes back from the store as it is: %j', (...states) => {
    for (const state of states) {
      const changes = overlay();
      changes.set('order-1', { state, version: 1 });
      store.write(changes, { from: store.position, to: store.position + 1n });
      expect(store.aggregate('order-1')).toStrictEqual({ state, version: 1 });
    }
  });

  it.each([
    ['a map', { lines: new Map([['a', 1]]) }, 'has in /lines an object of Map'],
    ['a set', { lines: [{ seen: new Set([1]) }] }, 'has in /lines/0/seen an object of Set'],
    ['an object of a class', [new Line()], 'has in /0 an object of Line'],
    ['bytes', { 'a/b': Buffer.from('x') }, 'has in /a~1b an object of Buffer'],
    ['a function', { total: () => 1 }, 'has in /total a function'],
    ['a symbol', { [Symbol('name')]: 1 }, 'is a symbol for a name'],
    ['a large bigint', { sum: 2n ** 64n }, 'has in /sum a bigint of more than 64 bits'],
    ['half a character', { text: '\ud800' }, 'has in /text text with half a character'],
    ['a name that the store changes', JSON.parse('{"a":{"__proto__":1}}'), 'has in /a the name "__proto__"'],
    ['a date', { on: new Date(5) }, 'has in /on an object of Date'],
  ])('with %s is refused before anything is published (a map came back as an object)', (_, state, what) => {
    const set = () => overlay().set('order-1', { state, version: 1 });
    expect(set).toThrow(HaltError);
    expect(set).toThrow(
      expect.objectContaining({ fields: expect.objectContaining({ group: 'orders.decider' }) }),
    );
    expect(set).toThrow(`The state of orders.decider for order-1 ${what}: it would come back from the store`);
  });

  it('may have in it what a command brought (no order was placed: its lines are of a class of Avro)', () => {
    const state = { lines: [line.fromBuffer(line.toBuffer({ sku: 'a' })) as object] };
    const changes = overlay();
    changes.set('order-1', { state, version: 1 });
    store.write(changes, { from: store.position, to: store.position + 1n });
    expect(store.aggregate('order-1')).toEqual({ state: { lines: [{ sku: 'a' }] }, version: 1 });
  });

  it('that has itself in it is refused (the store wrote it for ever)', () => {
    expect(() => refuseUnkept('orders.decider', 'order-1', within({ line: 1 }))).toThrow(
      'something in itself',
    );
  });
});

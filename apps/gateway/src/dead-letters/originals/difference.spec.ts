import { describe, expect, it } from '@jest/globals';
import { difference } from './difference.ts';

const order = {
  email: 'ada@',
  lines: [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
  note: null,
};

describe('the difference', () => {
  it('of a value to itself is nothing', () => {
    expect(difference(order, structuredClone(order))).toEqual([]);
  });

  it('names the deepest places', () => {
    const edited = structuredClone(order);
    edited.email = 'ada@example.com';
    edited.lines[1] = { sku: 'B', quantity: 3 };
    expect(difference(order, edited)).toEqual([
      { path: '/email', from: 'ada@', to: 'ada@example.com' },
      { path: '/lines/1/quantity', from: 2, to: 3 },
    ]);
  });

  it('leaves out the side that has nothing', () => {
    expect(difference({ a: 1, list: [1, 2] }, { b: undefined, list: [1] })).toEqual([
      { path: '/a', from: 1 },
      { path: '/list/1', from: 2 },
      { path: '/b', to: undefined },
    ]);
  });

  it('does not look into things of different kinds', () => {
    expect(difference({ x: [1] }, { x: { 0: 1 } })).toEqual([{ path: '/x', from: [1], to: { 0: 1 } }]);
    expect(difference({ x: null }, { x: {} })).toEqual([{ path: '/x', from: null, to: {} }]);
    expect(difference(1, '1')).toEqual([{ path: '', from: 1, to: '1' }]);
  });

  it('escapes names as JSON pointers do', () => {
    expect(difference({ 'a/b~c': 1 }, { 'a/b~c': 2 })).toEqual([{ path: '/a~1b~0c', from: 1, to: 2 }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { differenceIn, fromPlain, type Plain, toPlain } from './plain.ts';

describe('plain data', () => {
  it('has what JSON has not, and gives it back', () => {
    const data = {
      long: 2n ** 62n,
      bytes: Buffer.from('tea'),
      list: [1n, null, { deep: -0.5 }],
      no: NaN,
      text: '450',
    };
    const text = JSON.stringify(toPlain(data));
    expect(text).toContain('"long":{"$numberLong":"4611686018427387904"}');
    expect(fromPlain(JSON.parse(text) as Plain)).toEqual(data);
  });

  it('has no field that is undefined', () => {
    expect(toPlain({ there: 1, missing: undefined })).toEqual({ there: 1 });
  });

  it.each([
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, undefined],
    [{ a: 1n }, { a: 1 }, '/a'],
    [{ a: { 'b/c': 1 } }, { a: { 'b/c': 2 } }, '/a/b~1c'],
    [[1, 2], [1, 2, 3], '/2'],
    [{ a: null }, {}, '/a'],
    [[], {}, ''],
  ])('differs first where it does: %p and %p', (one, other, where) => {
    expect(differenceIn(toPlain(one), toPlain(other))).toBe(where);
  });
});

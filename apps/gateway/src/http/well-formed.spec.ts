import { describe, expect, it } from '@jest/globals';
import { illFormedIn } from './well-formed.ts';

describe('text that is no Unicode', () => {
  it.each([
    [String.raw`"\ud800"`, ''],
    [String.raw`{"a":"x","b":"a\ud800"}`, 'b'],
    [String.raw`{"a":{"b":["x","\udc00\ud800"]},"c":"\ud800"}`, 'a.b.1'],
    [String.raw`{"a":{"b\udfff":1}}`, 'a'],
  ])('in %s is found', (json, path) => {
    expect(illFormedIn(JSON.parse(json))).toBe(path);
  });

  it.each([
    String.raw`"\ud83e\uded6"`,
    '"🫖"',
    String.raw`"\\ud800"`,
    '{"a":[1,null,true,{}]}',
    'null',
    '[]',
  ])('is not in %s', (json) => {
    expect(illFormedIn(JSON.parse(json))).toBeUndefined();
  });

  it('is found however deep it is', () => {
    const levels = 100_000;
    const json = `${'['.repeat(levels)}${String.raw`"\ud800"`}${']'.repeat(levels)}`;
    expect(illFormedIn(JSON.parse(json))).toMatch(/^0(\.0)*$/);
  });
});

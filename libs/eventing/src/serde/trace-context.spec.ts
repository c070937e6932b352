import { describe, expect, it } from '@jest/globals';
import type { Headers } from '../log/record.ts';
import { toMetadata } from './cloud-events.ts';
import { traceparentOf } from './trace-context.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
const valid = `00-${trace}-${parent}-01`;

describe('a traceparent', () => {
  it.each([valid, `00-${trace}-${parent}-00`, `00-${trace}-${parent}-03`])(
    '%s is passed on as it is',
    (text) => {
      expect(traceparentOf(text)).toBe(text);
    },
  );

  it.each([
    [`01-${trace}-${parent}-01`, valid],
    [`cc-${trace}-${parent}-01-what-the-future-will-be-like`, valid],
    [`fe-${trace}-${parent}-fe-`, `00-${trace}-${parent}-00`],
  ])('of a version to come, %s, is read as far as version 00 goes', (text, read) => {
    expect(traceparentOf(text)).toBe(read);
  });

  it.each([
    undefined,
    '',
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `ff-${trace}-${parent}-01`,
    `${valid}-more`,
    `${valid}-`,
    `01-${trace}-${parent}-01more`,
    `01-${trace}-${parent}-01.more`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace.slice(1)}-${parent}-01`,
    `0-${trace}-${parent}-01`,
    `00-${trace}-${parent}-1`,
    ` ${valid}`,
    `${valid}\n`,
    `${valid}, ${valid}`,
  ])('%j is as if there was none', (text) => {
    expect(traceparentOf(text)).toBeUndefined();
  });

  it.each([
    [valid, valid],
    [`00-${'0'.repeat(32)}-${parent}-01`, undefined],
    ['from another team', undefined],
  ])('of a foreign record, %s, comes into metadata as %s', (text, read) => {
    const headers: Headers = [['traceparent', Buffer.from(text)]];
    const record = { topic: 't', partition: 0, offset: 1n, timestamp: 2, key: null, value: null, headers };
    expect(toMetadata(record).traceparent).toBe(read);
  });
});

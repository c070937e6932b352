import { describe, expect, it } from '@jest/globals';
import type { Headers } from '../log/record.ts';
import { toHeaders, toMetadata } from './cloud-events.ts';
import { Undecodable } from './undecodable.ts';

const recordWith = (headers: Headers) => ({
  topic: 't',
  partition: 0,
  offset: 1n,
  timestamp: 2,
  key: Buffer.from('key'),
  value: null,
  headers,
});

describe('metadata in headers', () => {
  it('comes back as it was', () => {
    const metadata = {
      id: 'ïd',
      time: 1_700_000_000_123,
      subject: 'a',
      source: 'orders',
      correlationId: 'b',
      causationId: 'c',
      version: 3,
      requestHash: 'd',
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    };
    for (const each of [metadata, { ...metadata, time: 5, source: 'inventory' }, metadata])
      expect(toMetadata(recordWith(toHeaders('OrderPlaced', each)))).toEqual(each);
  });

  it('is the first of each name, and nothing where that has no value', () => {
    const headers: Headers = [
      ['ce_id', Buffer.from('one')],
      ['ce_subject', null],
      ['ce_id', Buffer.from('two')],
      ['ce_subject', Buffer.from('three')],
      ['toString', Buffer.from('four')],
    ];
    const expected = { id: 'one', time: 2, subject: 'key', source: '', correlationId: 'one' };
    expect(toMetadata(recordWith(headers))).toEqual(expected);
  });

  it.each(['ce_id', 'ce_unheard_of', 'causationid'])('is refused where %s is not UTF-8', (name) => {
    const read = () => toMetadata(recordWith([[name, Buffer.from([0xff])]]));
    expect(read).toThrow(Undecodable);
    expect(read).toThrow(`The header ${name} is not valid UTF-8`);
  });

  it.each(['other', 'ce'])('is not looked for in %s, which may be anything', (name) => {
    expect(toMetadata(recordWith([[name, Buffer.from([0xff])]])).id).toBe('t/0/1');
  });
});

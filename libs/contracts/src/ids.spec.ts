import { describe, expect, it } from '@jest/globals';
import { commandId, orderIdFor, uuidV5 } from './ids.ts';

describe('ids', () => {
  it('are UUIDv5 as RFC 9562 has it (appendix A.4)', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('never change for the same client and key', () => {
    expect(orderIdFor('alice', 'key-1')).toBe(orderIdFor('alice', 'key-1'));
    expect(commandId('alice', 'key-1')).toBe('19d36bcd-eea4-5d0f-b5f5-39ed063a2dee');
    expect(orderIdFor('alice', 'key-1')).toBe('6e83f597-f61b-55e2-8c68-5504fccb03ad');
  });

  it('differ by client, by key and by purpose, wherever the two are split', () => {
    const ids = [
      commandId('a', 'bc'),
      commandId('ab', 'c'),
      commandId('a', 'b'),
      orderIdFor('a', 'bc'),
      orderIdFor('ab', 'c'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

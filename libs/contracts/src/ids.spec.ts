import { describe, expect, it } from '@jest/globals';
import { commandId, orderIdFor } from './ids.ts';

describe('ids', () => {
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

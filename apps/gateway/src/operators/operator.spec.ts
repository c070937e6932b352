import { describe, expect, it } from '@jest/globals';
import { operatorOf } from './operator.ts';

/** As Node gives the bytes of a header. */
const sent = (text: string) => Buffer.from(text).toString('latin1');

describe('X-Operator', () => {
  it.each(['ada', 'Ada Lovelace <ada@example.com>', 'José 🛠', 'x'.repeat(100)])('may be %s', (name) => {
    expect(operatorOf(sent(name))).toBe(name);
  });

  it('may be in Latin-1', () => {
    expect(operatorOf('Jos\xe9')).toBe('José');
  });

  it.each([undefined, '', ' ', 'x'.repeat(101), 'a\tb', '\u0000'])('may not be %j', (name) => {
    expect(() => operatorOf(name)).toThrow('X-Operator');
  });
});
